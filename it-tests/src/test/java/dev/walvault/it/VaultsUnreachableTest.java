package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.cli.Main;
import dev.walvault.cli.console.Shell;
import dev.walvault.cli.console.StandardOutput;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Name;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A server under load archives into two vaults, each of which goes away and comes back; the server, too, ends and comes
 * back. What is acknowledged is in as many vaults as are demanded, and owed to the other; in the end both have
 * everything.
 */
class VaultsUnreachableTest {
    private static final int SAMPLE = 2;
    private static final List<String> VAULTS = List.of("first", "second");

    private enum Event {
        FIRST_TURNS,
        SECOND_TURNS,
        SWITCH,
        RESTART,
        KILL
    }

    private static final List<Event> EVENTS = List.of(
            Event.FIRST_TURNS,
            Event.FIRST_TURNS,
            Event.SECOND_TURNS,
            Event.SECOND_TURNS,
            Event.SWITCH,
            Event.SWITCH,
            Event.SWITCH,
            Event.RESTART,
            Event.KILL);

    /**
     * One step of a trial.
     *
     * @param after how many milliseconds after the one before
     * @param mountPoint whether a vault that goes away leaves an empty directory
     */
    private record Step(Event event, int after, boolean mountPoint) {
        static Step drawn(RandomGenerator random) {
            return new Step(EVENTS.get(random.nextInt(EVENTS.size())), random.nextInt(1000), random.nextBoolean());
        }
    }

    /**
     * One trial.
     *
     * @param all whether each vault must have what is acknowledged, and not just one
     * @param alone which vault everything is restored from without the other
     */
    private record Plan(boolean all, List<Step> steps, String alone) {
        static Plan drawn(RandomGenerator random) {
            boolean all = random.nextBoolean();
            var steps = new ArrayList<Step>();
            int many = 5 + random.nextInt(5);
            for (int i = 0; i < many; i++) {
                steps.add(Step.drawn(random));
            }
            return new Plan(all, steps, VAULTS.get(random.nextInt(VAULTS.size())));
        }

        int copies() {
            return all ? VAULTS.size() : 1;
        }
    }

    @Test
    void whateverIsAcknowledgedEndsInBoth() throws Exception {
        try (var site = Site.start(
                PostgresBinaries.of(15),
                setup -> setup.walSegmentMegabytes(4),
                workspace -> VAULTS.stream()
                        .map(vault -> "file://" + workspace.path(vault))
                        .toList(),
                "[archive_push]\ncopies = 1\n")) {
            Walvault one = site.walvault();
            Walvault all = site.configured("all", text -> text.replace("copies = 1", "copies = \"all\""));
            var ledger = CommittedLedger.start(site.primary(), 2);
            ledger.stop();
            Trials.run("two vaults that come and go", SAMPLE, random -> {
                Plan plan = Plan.drawn(random);
                try {
                    return new ComingAndGoing(site, plan.all() ? all : one, ledger, plan).run();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(plan + ": " + e.getMessage(), e);
                }
            });
        }
    }

    /** One trial, on a site of which both vaults are there and owed nothing. */
    private static final class ComingAndGoing {
        private final Site site;
        private final Walvault walvault;
        private final CommittedLedger ledger;
        private final Plan plan;
        private final Set<String> acknowledged = new TreeSet<>();
        private final MemberKeys keys;
        private Set<String> before = Set.of();
        private int turns;
        private int starts;

        ComingAndGoing(Site site, Walvault walvault, CommittedLedger ledger, Plan plan) throws SQLException {
            this.site = site;
            this.walvault = walvault;
            this.ledger = ledger;
            this.plan = plan;
            this.keys = new MemberKeys(
                    new Name("it"),
                    new Name("main"),
                    SystemIdentifier.parse(site.primary().value("SELECT system_identifier FROM pg_control_system()")));
        }

        String run() throws Exception {
            var primary = site.primary();
            primary.configure("archive_command", walvault.archiveCommand());
            primary.reload();
            walvault.run("backup").orThrow();
            walvault.run("copy", "1", "2").orThrow();
            // acknowledged with another demand
            before = Set.copyOf(done());
            ledger.resume();
            for (Step step : plan.steps()) {
                Thread.sleep(step.after());
                requireAcknowledged();
                take(step);
                requireAcknowledged();
            }
            int committed = ledger.stop().size();
            for (String vault : VAULTS) {
                if (isUnreachable(vault)) {
                    bringBack(vault);
                }
            }
            payDebts();
            requireInBoth();
            requireRestored(walvault.environment("WALVAULT_VAULT", url(plan.alone())), "alone");
            requireRestored(walvault, "both");
            assertThat(committed).isPositive();
            return "copies " + (plan.all() ? "all" : "1") + (turns > 0 ? ", away" : ", always there")
                    + (starts > 0 ? ", server started again" : "");
        }

        private void take(Step step) throws Exception {
            var primary = site.primary();
            switch (step.event()) {
                case FIRST_TURNS -> turn(VAULTS.getFirst(), step.mountPoint());
                case SECOND_TURNS -> turn(VAULTS.getLast(), step.mountPoint());
                case SWITCH -> primary.switchWal();
                case RESTART -> {
                    primary.stop();
                    startAgain();
                }
                case KILL -> {
                    primary.kill();
                    startAgain();
                }
            }
        }

        private void startAgain() throws Exception {
            // their connections are lost
            ledger.stop();
            // what it recycles when it starts is not there to be asked any more
            requireAcknowledged();
            site.primary().start();
            ledger.resume();
            starts++;
        }

        private Path place(String vault) {
            return site.workspace().path(vault);
        }

        private String url(String vault) {
            return "file://" + place(vault);
        }

        private Path away(String vault) {
            return site.workspace().path(vault + ".away");
        }

        private boolean isUnreachable(String vault) {
            return Files.exists(away(vault));
        }

        private void turn(String vault, boolean mountPoint) throws IOException {
            turns++;
            if (isUnreachable(vault)) {
                bringBack(vault);
            } else {
                Files.move(place(vault), away(vault));
                if (mountPoint) {
                    site.workspace().directory(vault);
                }
            }
        }

        /** As a mount does, which hides what is in the directory below it. */
        private void bringBack(String vault) throws IOException {
            Workspace.delete(place(vault));
            Files.move(away(vault), place(vault));
        }

        /** What the server takes for archived. */
        private Set<String> done() throws IOException {
            var names = new TreeSet<String>();
            try (Stream<Path> files = Files.list(site.primary().dataDirectory().resolve("pg_wal/archive_status"))) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.matches("[0-9A-F]{24}\\.done"))
                        .forEach(name -> names.add(name.substring(0, name.indexOf('.'))));
            }
            return names;
        }

        /** As many vaults as are demanded have it, wherever they are now, and the other one has it or is owed it. */
        private void requireAcknowledged() throws IOException {
            Set<String> now = done();
            now.removeAll(before);
            acknowledged.addAll(now);
            for (String segment : acknowledged) {
                int copies = copies(segment);
                assertThat(copies)
                        .as("vaults that have \"%s\", which is acknowledged", segment)
                        .isGreaterThanOrEqualTo(plan.copies());
                boolean owed = isOwed(segment);
                // it may have been paid between the two questions
                assertThat(owed || copies(segment) == VAULTS.size())
                        .as("\"%s\" is in both vaults, or one is owed it", segment)
                        .isTrue();
            }
        }

        private int copies(String segment) {
            return (int) VAULTS.stream()
                    .map(vault -> isUnreachable(vault) ? away(vault) : place(vault))
                    .filter(vault -> Files.isRegularFile(vault.resolve(key(segment))))
                    .count();
        }

        private String key(String segment) {
            return keys.wal(WalFile.parse(segment)).value();
        }

        private boolean isOwed(String segment) throws IOException {
            Path debts = site.workspace().path("state/debts");
            if (!Files.exists(debts)) {
                return false;
            }
            try (Stream<Path> vaults = Files.list(debts)) {
                return vaults.anyMatch(vault -> Files.exists(vault.resolve(key(segment))));
            }
        }

        private void payDebts() throws Exception {
            SeveralVaultsTest.forgetThatItWasUnreachable(site);
            var primary = site.primary();
            Condition.await("all debts are paid", PATIENCE, primary::tail, () -> {
                primary.awaitArchived(primary.switchWal(), PATIENCE);
                return SeveralVaultsTest.owed(site).isEmpty();
            });
            requireAcknowledged();
        }

        private void requireInBoth() throws IOException {
            assertThat(acknowledged).isNotEmpty();
            for (String segment : acknowledged) {
                assertThat(served(segment, "second"))
                        .as("\"%s\" in both vaults", segment)
                        .isEqualTo(served(segment, "first"));
            }
        }

        /** The content of a segment in one vault. In this JVM, because there are many. */
        private ContentDigest served(String segment, String vault) throws IOException {
            Path back = site.workspace().path("back");
            var said = new ByteArrayOutputStream();
            var stream = new PrintStream(said, true, UTF_8);
            int status = Main.run(
                    new String[] {"--config", walvault.config().toString(), "archive-get", segment, back.toString()},
                    new Shell(
                            Map.of(
                                    "HOME",
                                    "/",
                                    "WALVAULT_VAULT",
                                    url(vault),
                                    "WALVAULT_STATE_DIRECTORY",
                                    site.workspace().path("looking").toString()),
                            site.primary().dataDirectory(),
                            new StandardOutput(stream, UTF_8, () -> false),
                            stream,
                            () -> false,
                            () -> ZoneOffset.UTC,
                            () -> false));
            assertThat(status).as(said.toString(UTF_8)).isZero();
            return ContentDigest.of(Files.readAllBytes(back));
        }

        private void requireRestored(Walvault from, String name) throws Exception {
            Path copy = site.workspace().path(name);
            Workspace.delete(copy);
            from.run("restore", "-D", copy.toString()).orThrow();
            try (var server = site.open(name, Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(ledger.differences(server, new CommittedLedger.Target.Latest()))
                        .as("restored from " + name)
                        .isEmpty();
            }
        }
    }
}
