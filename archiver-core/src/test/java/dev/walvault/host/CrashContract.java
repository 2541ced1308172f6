package dev.walvault.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Durability of one module: the machine crashes at each step of each path, and what was promised must hold of what is left.
 * Then each call that makes something durable is taken out in turn, and a trial must notice.
 */
public abstract class CrashContract {
    private static final List<Integer> LOSSES =
            IntStream.range(0, Loss.KINDS).boxed().toList();

    /** Of a path that was gone to its end, after a process that was killed on its way: what that one had not synced. */
    private static final List<Integer> LOSSES_OF_THE_KILLED = List.of(0, 1);

    @TempDir
    Path temporary;

    /** By which paths each call is reached that makes something durable. */
    private final Map<ForceSite, Set<CrashPath>> sites = new TreeMap<>();

    private final Map<String, Integer> lengths = new TreeMap<>();
    private int directories;

    /** A class of the module whose calls have to be held. */
    protected abstract Class<?> module();

    /** Whether a class belongs to it. */
    protected boolean isOfModule(String className) {
        return className.startsWith(module().getPackageName() + ".");
    }

    protected abstract List<CrashPath> paths();

    /**
     * One harm.
     *
     * @param killed whether the process alone dies at this step, and a new one goes the path to its end before the power fails
     */
    private record Harm(CrashPath path, int step, boolean killed, Loss loss) {
        @Override
        public String toString() {
            return "\"" + path.name() + "\", " + (killed ? "killed before step " : "crashed before step ") + step
                    + (killed ? ", done again, crashed at the end" : "") + ": " + loss;
        }
    }

    @TestFactory
    Stream<DynamicTest> crashes() {
        Stream<DynamicTest> each =
                paths().stream().map(path -> DynamicTest.dynamicTest(path.name(), () -> everyHarmIsSurvived(path)));
        Stream<DynamicTest> known =
                Stream.of(DynamicTest.dynamicTest("each call is reached", this::everyCallIsReached));
        // by then all paths were gone
        Stream<DynamicTest> without = Stream.of(sites)
                .flatMap(all -> List.copyOf(all.keySet()).stream()
                        .filter(this::isOurs)
                        .map(site -> DynamicTest.dynamicTest("without " + site, () -> itsAbsenceIsNoticed(site))));
        return Stream.of(each, known, without).flatMap(tests -> tests);
    }

    private boolean isOurs(ForceSite site) {
        Set<String> ours = ForceSite.classesIn(module(), this::isOfModule);
        return site.lines().stream().anyMatch(line -> ours.contains(line.substring(0, line.indexOf('.'))));
    }

    private void everyHarmIsSurvived(CrashPath path) throws Exception {
        int length = lengthOf(path);
        for (Harm harm : harms(path, length)) {
            try {
                tried(harm, Optional.empty());
            } catch (Exception | AssertionError e) {
                throw new AssertionError(harm.toString(), e);
            }
        }
    }

    private void everyCallIsReached() {
        Set<String> reached = sites.keySet().stream()
                .map(site -> site.lines().getFirst())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> all = ForceSite.linesIn(module(), this::isOfModule);
        assertThat(reached).containsAll(all);
    }

    private void itsAbsenceIsNoticed(ForceSite site) throws Exception {
        for (CrashPath path : List.copyOf(sites.get(site))) {
            for (Harm harm : harms(path, lengths.get(path.name()))) {
                try {
                    tried(harm, Optional.of(site));
                } catch (Exception | AssertionError e) {
                    System.out.println("without " + site + ": " + harm);
                    return;
                }
            }
        }
        throw new AssertionError("nothing depends on it: either it is not needed, or a trial is missing");
    }

    /** The end first: that is where most is promised. */
    private static List<Harm> harms(CrashPath path, int length) {
        var harms = new ArrayList<Harm>();
        for (int step = length; step >= 0; step--) {
            for (int loss : LOSSES) {
                harms.add(new Harm(path, step, false, Loss.number(loss)));
            }
            harms.add(new Harm(path, step, false, Loss.nothing()));
            for (int loss : step < length ? LOSSES_OF_THE_KILLED : List.<Integer>of()) {
                harms.add(new Harm(path, step, true, Loss.number(loss)));
            }
        }
        return harms;
    }

    private int lengthOf(CrashPath path) throws Exception {
        Path root = directory();
        CrashPath.Trial trial = path.beginning().in(root);
        var disk = new CrashingDisk(root);
        trial.run(disk);
        lengths.put(path.name(), disk.steps());
        return disk.steps();
    }

    private Path directory() throws Exception {
        return Files.createDirectory(temporary.toRealPath().resolve("trial-" + directories++));
    }

    private void tried(Harm harm, Optional<ForceSite> ignored) throws Exception {
        Path root = directory();
        CrashPath.Trial trial = harm.path().beginning().in(root);
        var disk = new CrashingDisk(root, ignored);
        try {
            disk.crashAt(harm.step());
            boolean returned = returns(trial, disk);
            if (harm.killed() && !returned) {
                disk.restartProgram();
                trial.run(disk);
                returned = true;
            }
            disk.lose(harm.loss());
            trial.check(returned);
        } finally {
            disk.sites()
                    .forEach(site -> sites.computeIfAbsent(site, _ -> new LinkedHashSet<>())
                            .add(harm.path()));
            new Remains.OfDirectory(new TreeMap<>()).become(root);
        }
    }

    private static boolean returns(CrashPath.Trial trial, CrashingDisk disk) throws Exception {
        try {
            trial.run(disk);
        } catch (Exception | Error e) {
            if (!disk.hasCrashed()) {
                throw e;
            }
        }
        return !disk.hasCrashed();
    }
}
