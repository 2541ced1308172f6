package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.walvault.json.JsonTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An error, or kill -9, at the n-th system call of each command, by strace. It is a call that changes something or,
 * with the native program, one that reads a file of the trial. What a program reads before it begins, its libraries for
 * one, is the loader's or the JVM's to complain of.
 */
class SystemCallTest {
    private static final String STRACE = "/usr/bin/strace";
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final int DEAD = 137;

    private static final String CHANGING = "write,fsync,fdatasync,link,linkat,rename,mkdir,unlink,ftruncate";
    private static final String READING = "openat,read,pread64,readv,preadv,lseek,newfstatat,statx,?stat,?lstat,"
            + "getdents64,?access,faccessat,faccessat2,?readlink,readlinkat";
    private static final List<String> FAULTS =
            List.of("error=EIO", "error=ENOSPC", "error=EACCES", "error=EINTR", "signal=SIGKILL", "signal=SIGKILL");

    private static final Pattern CALL = Pattern.compile("^(\\d+) +(\\w+)\\(");

    @BeforeAll
    static void straceIsThere() {
        assumeTrue(Files.isExecutable(Path.of(STRACE)), "strace is not installed");
    }

    /** The {@code nth} call of this name in some thread. */
    private record Call(String name, int nth) {}

    /** What a command asks of the system, and what becomes of it when that fails. */
    private static final class Traced {
        private final Walvault walvault;
        private final Path log;
        private final Path durable;
        private final List<Call> changing = new ArrayList<>();
        private final SortedMap<String, List<Call>> reading = new TreeMap<>();

        /**
         * Runs it once, to see which thread makes which calls how often.
         *
         * @param durable what lies below must be synced: that a sync failed there must be said
         */
        private Traced(Site site, Walvault walvault, Path durable, String... arguments) throws Exception {
            this.walvault = walvault;
            this.log = site.workspace().path("strace");
            this.durable = durable;
            // what other threads of a JVM read meanwhile is its classes
            String names = Walvault.isNative() ? CHANGING + "," + READING : CHANGING;
            walvault.under(List.of(STRACE, "-f", "-y", "-qq", "-o", log.toString(), "-e", "trace=" + names))
                    .run(DEADLINE, arguments)
                    .orThrow();
            var changes = Set.of(CHANGING.split(","));
            var files = site.workspace().root().toString();
            var counts = new TreeMap<String, Integer>();
            for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
                var matcher = CALL.matcher(line);
                if (matcher.find()) {
                    // strace counts for each thread
                    int nth = counts.merge(matcher.group(1) + " " + matcher.group(2), 1, Integer::sum);
                    var call = new Call(matcher.group(2), nth);
                    if (changes.contains(call.name())) {
                        changing.add(call);
                    } else if (line.contains(files)) {
                        reading.computeIfAbsent(call.name(), _ -> new ArrayList<>())
                                .add(call);
                    }
                }
            }
        }

        /** A call that reads as often as one that changes something, and each name of those that read as often. */
        private Call drawn(RandomGenerator random) {
            List<Call> of = changing;
            if (!reading.isEmpty() && random.nextBoolean()) {
                of = List.copyOf(reading.values()).get(random.nextInt(reading.size()));
            }
            return of.get(random.nextInt(of.size()));
        }

        /** Runs it again, with one fault; {@code says} which, for the report. */
        Ran harmed(RandomGenerator random, StringBuilder says, String... arguments) throws Exception {
            Call call = drawn(random);
            String fault = FAULTS.get(random.nextInt(FAULTS.size()));
            String injection = "inject=" + call.name() + ":" + fault + ":when=" + call.nth();
            Ran ran = walvault.under(List.of(
                            STRACE,
                            "-f",
                            "-y",
                            "-qq",
                            "-o",
                            log.toString(),
                            "-e",
                            "trace=" + call.name(),
                            "-e",
                            injection))
                    .run(DEADLINE, arguments);
            Optional<String> failed = Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.endsWith("(INJECTED)"))
                    .findFirst();
            says.append(
                    failed.isPresent() || ran.status() == DEAD
                            ? fault.substring(fault.indexOf('=') + 1) + " at " + call.name()
                            : "not reached");
            boolean unsynced = failed.isPresent()
                    && call.name().endsWith("sync")
                    && !fault.endsWith("EINTR")
                    && failed.get().contains("<" + durable + "/");
            require(!unsynced || ran.status() != 0, "a failure to sync that nobody hears of", failed, ran);
            require(
                    ran.status() != 70 && !ran.err().contains("\tat "),
                    "a failure of the program itself",
                    injection,
                    ran);
            return ran;
        }
    }

    /** Segments of a real server, which has stopped, in its data directory. */
    private static List<String> segments(Site site) throws Exception {
        site.primary().configure("archive_command", "");
        site.primary().reload();
        site.primary().sql("CREATE TABLE t AS SELECT n, repeat('x', 100) FROM generate_series(1, 30000) n");
        site.primary().switchWal();
        site.primary().stop();
        try (Stream<Path> files = Files.list(site.primary().dataDirectory().resolve("pg_wal"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}"))
                    .sorted()
                    .limit(3)
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 32})
    void aPushIsAcknowledgedOnlyWhenItCanBeServed(int lookAhead) throws Exception {
        String configuration = "[archive_push]\nlook_ahead = " + lookAhead + "\n";
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(1), configuration)) {
            // what is pushed ahead is not acknowledged, and whose directory could not be synced nobody can tell then
            Path durable = lookAhead == 0 ? site.vault() : site.workspace().path("nowhere");
            String segment = segments(site).getFirst();
            Path local = site.primary().dataDirectory().resolve("pg_wal").resolve(segment);
            Walvault walvault = site.walvault().in(site.primary().dataDirectory());
            var push = new Traced(site, walvault, durable, "archive-push", "pg_wal/" + segment);
            Trials.run("a fault in a system call of archive-push, looking ahead " + lookAhead, 12, random -> {
                site.forgetWal();
                var says = new StringBuilder();
                Ran ran = push.harmed(random, says, "archive-push", "pg_wal/" + segment);
                require(
                        ran.status() <= 125 || ran.status() == DEAD || isNotLoaded(ran),
                        "a status that ends the archiver",
                        says,
                        ran);
                if (ran.status() == 0) {
                    requireServed(walvault, segment, local, site, says, ran);
                }
                walvault.run("archive-push", "pg_wal/" + segment).orThrow();
                requireServed(walvault, segment, local, site, says, ran);
                return says + ", " + came(ran);
            });
        }
    }

    @Test
    void aGetAnswersAbsentOnlyForWhatIsAbsent() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            List<String> segments = segments(site);
            Path wal = site.primary().dataDirectory().resolve("pg_wal");
            Walvault walvault = site.walvault().in(site.primary().dataDirectory());
            String there = segments.getFirst();
            String absent = "00000001000000FF000000AA";
            walvault.run("archive-push", "pg_wal/" + there).orThrow();
            var get = new Traced(site, walvault, site.vault(), "archive-get", there, "pg_wal/RECOVERYXLOG");
            Trials.run("a fault in a system call of archive-get", 16, random -> {
                Path place = wal.resolve("RECOVERYXLOG");
                Files.deleteIfExists(place);
                var says = new StringBuilder();
                boolean isThere = random.nextInt(4) > 0;
                Ran ran = get.harmed(random, says, "archive-get", isThere ? there : absent, "pg_wal/RECOVERYXLOG");
                if (isThere) {
                    require(ran.status() != 1, "\"absent\" for what is there", says, ran);
                    require(ran.status() != 0 || Files.exists(place), "served nothing", says, ran);
                    if (Files.exists(place)) {
                        require(Files.mismatch(place, wal.resolve(there)) < 0, "served wrong bytes", says, ran);
                    }
                } else {
                    require(ran.status() != 0 && !Files.exists(place), "served what is not there", says, ran);
                }
                require(
                        List.of(0, 1, 255, DEAD).contains(ran.status()) || isNotLoaded(ran),
                        "a status that nobody expects",
                        says,
                        ran);
                return says + (isThere ? ", " : " (absent), ") + came(ran);
            });
        }
    }

    @Test
    void aBackupExistsOnlyWhenItIsWhole() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.primary().sql("CREATE TABLE t AS SELECT n, repeat('x', 500) FROM generate_series(1, 5000) n");
            var backup = new Traced(site, site.walvault(), site.vault(), "backup");
            var acknowledged = new ArrayList<String>();
            Trials.run("a fault in a system call of backup", 4, random -> {
                var says = new StringBuilder();
                String label = "harmed-" + random.nextInt(1_000_000);
                Ran ran = backup.harmed(random, says, "backup", "--label", label);
                boolean listed = site.ok("info", "--output", "json").contains("\"" + label + "\"");
                if (ran.status() != DEAD) {
                    require(listed == (ran.status() == 0), "status and vault do not say the same", says, ran);
                }
                if (listed) {
                    acknowledged.add(label);
                }
                return says + ", " + came(ran);
            });
            site.ok("backup", "--label", "whole");
            var ids = JsonTree.objects(JsonTree.read(site.ok("info", "--output", "json")), "systems").stream()
                    .flatMap(system -> JsonTree.objects(system, "backups").stream())
                    .map(each -> String.valueOf(each.get("backup")))
                    .toList();
            assertThat(ids).hasSizeGreaterThan(acknowledged.size());
            for (String id : ids.subList(Math.max(0, ids.size() - 5), ids.size())) {
                KillTest.requireComplete(site.restoreOnly("of-" + id, "--backup", id, "--immediate"));
            }
        }
    }

    @Test
    void aRestoreIsWholeOrDoesNotStart() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.primary().sql("CREATE TABLE t AS SELECT n, repeat('x', 500) FROM generate_series(1, 5000) n");
            site.ok("backup");
            site.archiveAll();
            site.primary().stop();
            Path copy = site.workspace().path("copy");
            String[] restore = {"restore", "-D", copy.toString(), "--immediate"};
            var traced = new Traced(site, site.walvault(), copy, restore);
            Trials.run("a fault in a system call of restore", 4, random -> {
                Workspace.delete(copy);
                var says = new StringBuilder();
                Ran ran = traced.harmed(random, says, restore);
                boolean startable = Files.exists(copy.resolve("global/pg_control"));
                require(ran.status() != 0 || startable, "restored nothing", says, ran);
                if (startable) {
                    KillTest.requireComplete(copy);
                }
                return says + ", " + came(ran);
            });
            Workspace.delete(copy);
            KillTest.requireComplete(site.restoreOnly("copy", "--immediate"));
        }
    }

    private static void requireServed(Walvault walvault, String segment, Path local, Site site, Object says, Ran ran)
            throws Exception {
        Path back = site.workspace().path("back");
        Ran get = walvault.run("archive-get", segment, back.toString());
        require(get.status() == 0, "acknowledged, and not served: " + get, says, ran);
        require(Files.mismatch(back, local) < 0, "acknowledged, and served otherwise", says, ran);
        Files.delete(back);
    }

    /**
     * The n-th call of another thread than the one that was seen may be the loader's: the program has not begun then.
     */
    private static boolean isNotLoaded(Ran ran) {
        return ran.status() == 127 && ran.err().contains("error while loading shared libraries");
    }

    private static String came(Ran ran) {
        return ran.status() == DEAD ? "killed" : "status " + ran.status();
    }

    private static void require(boolean right, String otherwise, Object says, Ran ran) {
        if (!right) {
            throw new AssertionError(says + ": " + otherwise + ":\n" + ran);
        }
    }
}
