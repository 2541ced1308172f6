package dev.walvault.examine;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.LockException;
import dev.walvault.observe.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs checks one after the other, and tells each finding as it comes. */
public final class Examiner {
    private final Cancellation cancellation;
    private final Consumer<Finding> heard;
    private final List<Finding> findings = new ArrayList<>();

    public Examiner(Cancellation cancellation, Consumer<Finding> heard) {
        this.cancellation = cancellation;
        this.heard = heard;
    }

    /**
     * Runs these checks; what one throws is its finding.
     *
     * @throws LockException CANCELLED
     */
    public void run(List<Check> checks) throws LockException {
        for (Check check : checks) {
            run(check);
        }
    }

    /**
     * The same of checks that rest on their first one; returns whether that one is well enough to go on.
     *
     * @throws LockException CANCELLED
     */
    public boolean run(Checks checks) throws LockException {
        if (run(checks.first()).verdict() != Finding.Verdict.FAILED) {
            run(checks.rest());
            return true;
        }
        run(new Check(
                "all others",
                name -> Finding.skipped(name, "\"" + checks.first().name() + "\" has to be mended first")));
        return false;
    }

    /** The same of one; returns its finding. */
    public Finding run(Check check) throws LockException {
        cancellation.check();
        Finding finding;
        try {
            finding = check.look().at(check.name());
        } catch (ArchiverException e) {
            cancellation.check();
            finding = Finding.failed(check.name(), e);
        }
        findings.add(finding);
        heard.accept(finding);
        return finding;
    }

    /** What later checks need, or how it failed. */
    @FunctionalInterface
    public interface Source<T> {
        T get() throws ArchiverException;
    }

    /**
     * Runs a check that is well when it yields something, which later checks go on with.
     *
     * @throws LockException CANCELLED
     */
    public <T> Optional<T> obtain(String check, Source<T> source, Function<T, String> seen) throws LockException {
        var obtained = new ArrayList<T>(1);
        run(new Check(check, name -> {
            obtained.add(source.get());
            return Finding.ok(name, seen.apply(obtained.getFirst()));
        }));
        return obtained.stream().findFirst();
    }

    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** What to end with: the code of the first failure, because later checks rest on earlier ones. */
    public Optional<ErrorCode> worst() {
        return findings.stream().flatMap(finding -> finding.code().stream()).findFirst();
    }
}
