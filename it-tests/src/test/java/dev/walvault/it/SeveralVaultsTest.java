package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A server with two vaults, of which one is unreachable for a while and the other loses half of what it has. */
class SeveralVaultsTest {

    @Test
    void twoVaultsTogetherBringBackWhatNeitherCouldAlone() throws Exception {
        try (var site = Site.start(
                PostgresBinaries.of(15),
                setup -> setup.walSegmentMegabytes(4),
                workspace -> List.of(url(workspace, "first"), url(workspace, "second")),
                "[archive_push]\ncopies = 1\n")) {
            Path first = site.workspace().path("first");
            Path second = site.workspace().path("second");
            var primary = site.primary();
            Optional<Pgbench> pgbench = Pgbench.on(primary);
            if (pgbench.isPresent()) {
                pgbench.get().initialise(1);
            }
            var ledger = CommittedLedger.start(primary, 2);
            site.ok("backup");
            site.ok("copy", "1", "2");

            Path away = Files.move(second, site.workspace().path("second-away"));
            Optional<Running> load =
                    pgbench.isPresent() ? Optional.of(pgbench.get().start(2, Duration.ofSeconds(2))) : Optional.empty();
            ledger.awaitMore(50, PATIENCE);
            if (load.isPresent()) {
                load.get().await(PATIENCE).orThrow();
            }
            // what is written meanwhile would have to be awaited too
            ledger.stop();
            site.archiveAll();
            assertThat(site.walvault().run("info").out()).contains("cannot be reached");
            assertThat(owed(site)).isNotEmpty();

            Files.move(away, second);
            forgetThatItWasUnreachable(site);
            Condition.await("the second vault is caught up", PATIENCE, () -> {
                primary.sql("SELECT pg_logical_emit_message(false, 'more', 'wal')");
                primary.awaitArchived(primary.switchWal(), PATIENCE);
                return owed(site).isEmpty();
            });
            ledger.resume();
            ledger.awaitMore(20, PATIENCE);
            ledger.stop();
            String end = primary.value("SELECT pg_current_wal_lsn()");
            site.archiveAll();
            assertThat(site.ok("info", "--output", "json")).doesNotContain("\"lacking\":1", "\"failed\":[{");
            primary.stop();

            lose(segments(first), 0);
            lose(segments(second), 1);
            flip(named(first, "000001"));
            for (String alone : List.of("1", "2")) {
                var refused = site.walvault()
                        .run(
                                "restore",
                                "--vault",
                                alone,
                                "--to-lsn",
                                end,
                                "-D",
                                site.workspace().path("alone" + alone).toString());
                assertThat(refused.status()).isEqualTo(22);
                assertThat(refused.err()).contains("is missing from the vault");
            }
            try (var server = site.restore("copy")) {
                assertThat(ledger.differences(server, new CommittedLedger.Target.Latest()))
                        .isEqualTo(List.of());
            }
        }
    }

    @Test
    void eachVaultAloneKnowsARestorePoint() throws Exception {
        try (var site = Site.start(
                PostgresBinaries.of(15),
                setup -> setup.walSegmentMegabytes(1),
                workspace -> List.of(url(workspace, "first"), url(workspace, "second")),
                "")) {
            site.primary().sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            site.ok("copy", "1", "2");
            site.ok("restore-point", "create", "one");
            site.primary().sql("INSERT INTO t VALUES (2)");
            site.archiveAll();
            site.primary().stop();
            Path first = site.workspace().path("first");
            Path away = Files.move(first, site.workspace().path("first-away"));

            site.restoreOnly("copy", "--vault", "2", "--to-point", "one", "--action", "promote");
            // the restored server asks that one only, too: the other is still away, which would be a doubt
            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("1");
            }
            Files.move(away, first);

            Files.move(site.workspace().path("second"), site.workspace().path("second-away"));
            site.primary().start();
            Ran ran = site.walvault().run("restore-point", "create", "two", "--no-wait");
            assertThat(ran.status()).as(ran.toString()).isZero();
            assertThat(ran.err()).contains("does not know the restore point yet");
        }
    }

    /** Two hosts that are cut off from each other restore to one point, and each archives into the vault it reaches. */
    @Test
    void theBranchesOfTwoHostsAreNeverMixed() throws Exception {
        try (var site = Site.start(
                PostgresBinaries.of(15),
                setup -> setup.walSegmentMegabytes(1),
                workspace -> List.of(url(workspace, "first"), url(workspace, "second")),
                "")) {
            site.writeBehindPoint("fork");
            site.ok("copy", "1", "2", "--all");
            site.primary().stop();
            promoteAlone(site, "first", 71, 72);
            promoteAlone(site, "second", 81, 82, 83, 84);
            Path mixed = site.workspace().path("mixed");

            Ran refused =
                    site.walvault().run("restore", "-D", mixed.toString(), "--timeline", "2", "--action", "promote");

            assertThat(refused.status()).as(refused.toString()).isEqualTo(20);
            assertThat(refused.err()).contains("hold different branches as timeline 2", "--vault");
            assertThat(mixed).doesNotExist();
            assertThat(site.ok("info")).contains("WARNING: vault \"" + url(site.workspace(), "first"));
            assertThat(site.walvault().run("doctor", "--no-server").status()).isEqualTo(20);

            site.ok("restore", "--vault", "2", "-D", mixed.toString(), "--timeline", "2", "--action", "promote");
            try (var server = site.open("mixed", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SELECT string_agg(n::text, ',' ORDER BY n) FROM t"))
                        .isEqualTo("1,81,82,83,84");
            }
        }
    }

    /** With the other vault taken off the list. */
    private static Walvault only(Site site, String vault) {
        return site.walvault().environment("WALVAULT_VAULT", url(site.workspace(), vault));
    }

    private static void promoteAlone(Site site, String vault, int... rows) throws Exception {
        Walvault walvault = only(site, vault);
        String name = "alone-" + vault;
        walvault.run(
                        "restore",
                        "-D",
                        site.workspace().path(name).toString(),
                        "--to-point",
                        "fork",
                        "--action",
                        "promote",
                        "--archive-mode",
                        "preserve")
                .orThrow();
        String archive = "WALVAULT_VAULT=" + url(site.workspace(), vault) + " " + walvault.archiveCommand();
        try (var server = site.open(name, Map.of("archive_command", archive))) {
            server.start();
            server.awaitPromoted(PATIENCE);
            for (int row : rows) {
                server.sql("INSERT INTO t VALUES (" + row + ")");
                server.awaitArchived(server.switchWal(), PATIENCE);
            }
        }
    }

    private static String url(Workspace workspace, String name) {
        return "file://" + workspace.path(name);
    }

    /** What one of its vaults lacks: a file for each. */
    static List<Path> owed(Site site) throws IOException {
        Path debts = site.workspace().path("state/debts");
        try {
            return files(debts);
        } catch (UncheckedIOException _) {
            // one was paid while they were listed
            return List.of(debts);
        }
    }

    /** Otherwise it is not asked again for half a minute. */
    static void forgetThatItWasUnreachable(Site site) throws IOException {
        for (Path mark : files(site.workspace().path("state/away"))) {
            Files.deleteIfExists(mark);
        }
    }

    private static List<Path> segments(Path vault) throws IOException {
        return files(vault).stream()
                .filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                .toList();
    }

    private static Path named(Path vault, String name) throws IOException {
        return files(vault).stream()
                .filter(file -> file.endsWith(name))
                .findFirst()
                .orElseThrow();
    }

    /** Every second one. */
    private static void lose(List<Path> files, int from) throws IOException {
        for (int i = from; i < files.size(); i += 2) {
            Files.delete(files.get(i));
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private static List<Path> files(Path below) throws IOException {
        if (!Files.exists(below)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(below)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
