package dev.walvault.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Durability of one module: the machine crashes at each step of each path, and what was promised must hold of what is
 * left. Then each call that makes something durable is taken out in turn, and a trial must notice.
 */
public abstract class CrashContract {
    /** How many kinds of loss are tried at a step before the end, in turn, beside the two worst. */
    private static final int SOME = 2;

    /** Of how many harms one is tried where not all are. */
    private static final int ONE_OF = 3;

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

    protected abstract List<CrashPath> paths() throws Exception;

    /** Whether all of it is run; otherwise some of the crashes, chosen by a seed, and no call is taken out. */
    protected boolean isWhole() {
        return true;
    }

    /**
     * One harm.
     *
     * @param killed whether the process alone dies at this step, and a new one goes the path to its end before the
     *     power fails
     */
    private record Harm(CrashPath path, int step, boolean killed, Loss loss) {
        @Override
        public String toString() {
            return "\"" + path.name() + "\", " + (killed ? "killed before step " : "crashed before step ") + step
                    + (killed ? ", done again, crashed at the end" : "") + ": " + loss;
        }
    }

    @TestFactory
    Stream<DynamicTest> crashes() throws Exception {
        Stream<DynamicTest> each =
                paths().stream().map(path -> DynamicTest.dynamicTest(path.name(), () -> everyHarmIsSurvived(path)));
        if (!isWhole()) {
            return each;
        }
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
        List<Harm> all = harms(path, lengthOf(path));
        if (isWhole()) {
            areSurvived(all);
        } else {
            Seeds.forEach(
                    1,
                    random -> areSurvived(all.stream()
                            .filter(_ -> random.nextInt(ONE_OF) == 0)
                            .toList()));
        }
    }

    private void areSurvived(List<Harm> harms) {
        for (Harm harm : harms) {
            try {
                tried(harm, Optional.empty());
            } catch (Exception | AssertionError e) {
                throw new AssertionError(harm.toString(), e);
            }
        }
    }

    private void everyCallIsReached() {
        Set<String> reached = sites.keySet().stream()
                .flatMap(site -> site.lines().stream().limit(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> all = ForceSite.linesIn(module(), this::isOfModule);
        assertThat(reached).containsAll(all);
    }

    private void itsAbsenceIsNoticed(ForceSite site) throws Exception {
        for (CrashPath path : List.copyOf(sites.get(site))) {
            for (Harm harm : harms(path, Objects.requireNonNull(lengths.get(path.name())))) {
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
        for (int kind = 0; kind < Loss.KINDS; kind++) {
            harms.add(new Harm(path, length, false, Loss.number(kind)));
        }
        for (int step = length - 1; step >= 0; step--) {
            harms.add(new Harm(path, step, true, Loss.number(0)));
            harms.add(new Harm(path, step, false, Loss.nothing()));
            harms.add(new Harm(path, step, false, Loss.number(0)));
            harms.add(new Harm(path, step, false, Loss.number(1)));
            for (int some = 0; some < SOME; some++) {
                harms.add(new Harm(path, step, false, Loss.number(2 + (SOME * step + some) % (Loss.KINDS - 2))));
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
        return Files.createDirectories(
                temporary.toRealPath().resolve("trial-" + directories++).resolve("disk"));
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
            new Remains.OfDirectory(new TreeMap<>()).become(Objects.requireNonNull(root.getParent()));
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
