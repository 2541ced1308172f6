package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A call of restore_command outlives the server that made it: it must not touch what the next server asks for. */
class OrphanedCallTest {
    private static final int SAMPLE = 3;
    private static final int ROWS = 6;

    /** A server that ends in doubt is started again, as often as this. */
    private static final int MOST_STARTS = 5;

    /**
     * One trial; times are in milliseconds.
     *
     * @param ahead whether segments are fetched ahead
     * @param unreachableAfter from the server's start until the vault is unreachable; none if it is unreachable before
     * @param harms what is done to the process for recovery, and to that of the next server
     * @param backAfter from the last start until the vault is back; none if it comes back before
     */
    private record Plan(boolean ahead, int unreachableAfter, List<Harm> harms, int backAfter) {
        static Plan drawn(RandomGenerator random) {
            // what is fetched ahead is handed over in no time: there is less to be spoilt
            boolean ahead = random.nextInt(4) == 0;
            int unreachableAfter = random.nextBoolean() ? 0 : 1 + random.nextInt(2000);
            var harms = new ArrayList<Harm>();
            harms.add(Harm.drawn(random));
            if (random.nextInt(3) == 0) {
                harms.add(Harm.drawn(random));
            }
            return new Plan(ahead, unreachableAfter, harms, random.nextBoolean() ? 0 : 1 + random.nextInt(1000));
        }
    }

    /**
     * A signal to the process for recovery alone.
     *
     * @param after how long after the vault has gone
     * @param suspended whether its call is suspended by then
     * @param resumedAt how many files the last server has been given when it goes on
     * @param resumedAfter and how long after that
     */
    private record Harm(String signal, int after, boolean suspended, int resumedAt, int resumedAfter) {
        static Harm drawn(RandomGenerator random) {
            return new Harm(
                    // KILL as the kernel sends when memory is short
                    random.nextBoolean() ? "KILL" : "TERM",
                    random.nextInt(1500),
                    random.nextInt(4) > 0,
                    random.nextInt(ROWS),
                    random.nextInt(600));
        }
    }

    @Test
    void aCallThatOutlivesItsServerGivesNothingToTheNext() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)");
            site.ok("backup");
            for (int n = 1; n <= ROWS; n++) {
                primary.sql("INSERT INTO t VALUES (" + n + ")");
                site.archiveAll();
            }
            primary.stop();
            Walvault ahead = site.configured("ahead", OrphanedCallTest::patient);
            Walvault alone = site.configured(
                    "alone", text -> patient(text).replace("[archive_get]", "[archive_get]\nprefetch = \"0\""));
            Trials.run("the process for recovery alone is killed", SAMPLE, random -> {
                Plan plan = Plan.drawn(random);
                Path copy = site.workspace().path("copy");
                Workspace.delete(copy);
                (plan.ahead() ? ahead : alone)
                        .run("restore", "-D", copy.toString(), "--archive-mode", "off")
                        .orThrow();
                try (var server = site.open("copy", Map.of());
                        var recovery = new Recovery(site, server, plan)) {
                    return recovery.run();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(plan + ": " + e.getMessage(), e);
                }
            });
        }
    }

    private static String patient(String configuration) {
        return configuration.replace("retry_budget = \"2s\"", "retry_budget = \"60s\"");
    }

    /** What a process for recovery had started when it was killed. */
    private record Orphan(List<ProcessHandle> processes, Harm harm) {}

    /** One recovery, with as many servers as it takes. */
    private static final class Recovery implements Closeable {
        private final Site site;
        private final PostgresServer server;
        private final Plan plan;
        private final List<Orphan> orphans = new ArrayList<>();
        private int loggedBefore;

        Recovery(Site site, PostgresServer server, Plan plan) {
            this.site = site;
            this.server = server;
            this.plan = plan;
        }

        String run() throws Exception {
            if (plan.unreachableAfter() == 0) {
                hide();
            }
            for (Harm harm : plan.harms()) {
                launch();
                if (Files.exists(site.vault())) {
                    Thread.sleep(plan.unreachableAfter());
                    hide();
                }
                Thread.sleep(harm.after());
                if (!endsBy(harm)) {
                    bringBack();
                    requireRecovered();
                    return "recovered before";
                }
            }
            if (plan.backAfter() == 0) {
                bringBack();
            }
            launch();
            letItRecover();
            int starts = 1;
            while (!isOpen()) {
                assertThat(starts).as("starts; the log: " + server.tail()).isLessThan(MOST_STARTS);
                assertThat(server.log().substring(loggedBefore)).contains("exit code 255");
                server.awaitEnd(PATIENCE);
                launch();
                starts++;
                awaitOpenOrEnd();
            }
            requireRecovered();
            return plan.harms().size() + " killed, " + (starts > 1 ? "stopped in doubt, " : "") + "recovered";
        }

        private void launch() throws IOException {
            loggedBefore = server.log().length();
            server.launch();
        }

        private Path away() {
            return site.vault().resolveSibling("vault.away");
        }

        private void hide() throws IOException {
            Files.move(site.vault(), away());
        }

        private void bringBack() throws IOException {
            if (Files.exists(away())) {
                Files.move(away(), site.vault());
            }
        }

        /** Returns whether the server ended by it: recovery may have been faster. */
        private boolean endsBy(Harm harm) throws Exception {
            Condition.await(
                    "a process for recovery",
                    PATIENCE,
                    server::tail,
                    () -> isOpen() || !startup().isEmpty());
            for (ProcessHandle startup : startup()) {
                var orphan = new Orphan(startup.descendants().toList(), harm);
                orphans.add(orphan);
                if (harm.suspended()) {
                    Running.signal("STOP", orphan.processes().stream());
                }
                Running.signal(harm.signal(), Stream.of(startup));
            }
            awaitOpenOrEnd();
            if (isOpen()) {
                return false;
            }
            server.awaitEnd(PATIENCE);
            return true;
        }

        /** While the server recovers, the vault comes back, and the calls of its predecessors go on. */
        private void letItRecover() throws Exception {
            Thread.sleep(plan.backAfter());
            bringBack();
            for (Orphan orphan : orphans) {
                if (orphan.harm().suspended()) {
                    Condition.await(
                            "so many files for the server, or its end",
                            PATIENCE,
                            server::tail,
                            () -> given() >= orphan.harm().resumedAt() || isOpen() || !server.isRunning());
                    Thread.sleep(orphan.harm().resumedAfter());
                    Running.signal("CONT", orphan.processes().stream());
                }
            }
            awaitOpenOrEnd();
        }

        private long given() throws IOException {
            return server.log()
                    .substring(loggedBefore)
                    .lines()
                    .filter(line -> line.contains("restored log file"))
                    .count();
        }

        private void awaitOpenOrEnd() throws Exception {
            Condition.await(
                    "the end of recovery, or of the server",
                    PATIENCE,
                    server::tail,
                    () -> !server.isRunning() || isOpen());
        }

        /** Whether the server that was launched last takes writes. */
        private boolean isOpen() throws IOException {
            return server.isRunning()
                    && server.log().substring(loggedBefore).contains("database system is ready to accept connections");
        }

        private void requireRecovered() throws Exception {
            server.awaitPromoted(PATIENCE);
            assertThat(server.value("SELECT count(*) FROM t"))
                    .as("rows; the log: " + server.tail())
                    .isEqualTo(String.valueOf(ROWS));
        }

        private List<ProcessHandle> startup() throws IOException {
            Path file = server.dataDirectory().resolve("postmaster.pid");
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.isEmpty()) {
                return List.of();
            }
            return ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).stream()
                    .flatMap(ProcessHandle::children)
                    .filter(child -> isStartup(child.pid()))
                    .toList();
        }

        private static boolean isStartup(long pid) {
            try {
                return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                        .contains("startup");
            } catch (IOException _) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            orphans.stream().flatMap(orphan -> orphan.processes().stream()).forEach(ProcessHandle::destroyForcibly);
            bringBack();
        }
    }
}
