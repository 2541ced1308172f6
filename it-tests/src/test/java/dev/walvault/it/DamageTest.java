package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.ControlFile;
import dev.walvault.pg.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every kind of object in a vault, damaged by chance and by design. {@link DamageTrials} does it. */
class DamageTest {
    private static final int SAMPLE = 20;

    @Test
    void noDamageServesAWrongByte() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            everyKindOfObject(site);
            Ran ran = trials(site);
            System.out.print(ran.out());
            assertThat(ran.status()).as("%s", ran).isZero();
        }
    }

    /** Two backups, a restore point, and what a second timeline begins with. */
    private static void everyKindOfObject(Site site) throws Exception {
        PostgresServer primary = site.primary();
        primary.sql("CREATE TABLE t AS SELECT n, repeat('x', 200) FROM generate_series(1, 5000) n");
        site.ok("backup", "--label", "first");
        primary.sql("INSERT INTO t SELECT n, repeat('y', 200) FROM generate_series(1, 5000) n");
        site.ok("restore-point", "create", "here");
        site.ok("backup", "--label", "second");
        String last = primary.switchWal();
        site.archiveAll();
        primary.stop();
        // behind it nothing is archived, so the second timeline continues the first
        Lsn end = ControlFile.read(primary.dataDirectory()).data().orElseThrow().checkpoint();
        // what a promoted server archives: the history of its timeline, and the unfinished segment of the one before
        Walvault walvault = site.walvault().in(primary.dataDirectory());
        String history = "pg_wal/00000002.history";
        String partial = "pg_wal/" + last + ".partial";
        site.workspace().write("primary/" + history, "1\t" + end + "\tno recovery target specified\n");
        walvault.run("archive-get", last, partial).orThrow();
        walvault.run("archive-push", history).orThrow();
        walvault.run("archive-push", partial).orThrow();
    }

    private static Ran trials(Site site) throws Exception {
        Path classes = site.workspace().directory("classes");
        copy(
                Path.of(Trials.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()),
                classes);
        copy(
                Path.of(Workspace.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()),
                classes);
        var program = Installation.copy(
                Project.directory().resolve(System.getProperty("walvault.jvm.program", "archiver-cli/target/walvault")),
                site.workspace(),
                "in-one-jvm");
        Path results = site.workspace().path("trials.tsv");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Dtrials.results=" + results,
                "-Dendurance.minutes=" + Long.getLong("endurance.minutes", 0),
                "-Dseed=" + System.getProperty("seed", ""),
                "-cp",
                classes + ":" + program.home().resolve("lib") + "/*",
                DamageTrials.class.getName(),
                site.workspace().root().toString(),
                site.primary().dataDirectory().toString(),
                String.valueOf(SAMPLE)));
        var longest = Duration.ofMinutes(10 + 4 * Long.getLong("endurance.minutes", 0));
        Ran ran = Program.of(command).run(longest);
        Trials.collect(results);
        return ran;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
