package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The tarball and the package for Debian, installed and used by servers that have nothing else of walvault. */
@EnabledIf(value = "dev.walvault.it.Walvault#isNative", disabledReason = "only the native program is packaged")
class PackagesTest {
    private static final Path PUBLISHED = Project.directory().resolve("archiver-cli/target/packages");
    private static final Path MAN = Path.of("/usr/bin/man");
    private static final Path DPKG = Path.of("/usr/bin/dpkg");

    /** How bold and underlined text is printed. */
    private static final String OVERSTRUCK = ".\b";

    /** As if the word were typed after the program's name; compopt works only where one really types. */
    private static final String COMPLETE = """
            source "$0"
            compopt() { :; }
            COMP_WORDS=(walvault "$1") COMP_CWORD=1
            _complete_walvault
            echo "${COMPREPLY[@]}"
            """;

    private static Workspace workspace;
    private static Path unpacked;

    @BeforeAll
    static void unpackTheTarball() throws Exception {
        workspace = Workspace.create("pkg");
        var directory = workspace.directory("opt");
        Program.of("tar", "-xf", published(".tar.gz").toString(), "-C", directory.toString())
                .run()
                .orThrow();
        try (Stream<Path> top = Files.list(directory)) {
            unpacked = top.toList().getFirst();
        }
    }

    @AfterAll
    static void remove() throws IOException {
        workspace.close();
    }

    @Test
    void theProgramOfTheTarballServesAServerThroughALink() throws Exception {
        var link = Files.createSymbolicLink(workspace.path("walvault"), unpacked.resolve("bin/walvault"));

        archiveAndFetch("tarball", link);
    }

    @Test
    void theProgramOfThePackageForDebianServesAServer() throws Exception {
        assumeThat(DPKG).isExecutable();
        var debian = DebianRoot.in(workspace, "debian");

        debian.install(published(".deb"));

        archiveAndFetch("deb", debian.path("usr/bin/walvault"));
        assertThat(debian.files())
                .contains(
                        debian.path("usr/share/man/man1/walvault-archive-push.1.gz"),
                        debian.path("usr/share/man/man5/walvault.toml.5.gz"),
                        debian.path("usr/share/bash-completion/completions/walvault"),
                        debian.path("usr/share/doc/walvault/copyright"),
                        debian.path("usr/share/doc/walvault/changelog.gz"),
                        debian.path("usr/share/lintian/overrides/walvault"),
                        debian.path("usr/share/doc/walvault/docs/FORMAT.md"),
                        debian.path("usr/lib/systemd/system/walvault-backup.timer"),
                        debian.path("usr/lib/systemd/system/walvault-backup@.timer"),
                        debian.path("usr/lib/systemd/system/walvault-backup@.service"));
        assertThat(debian.path("etc/walvault")).isEmptyDirectory();
    }

    @Test
    void whatTheAdministratorWroteSurvivesThePackage() throws Exception {
        assumeThat(DebianRoot.installs()).isTrue();
        assumeThat(DPKG).isExecutable();
        var debian = DebianRoot.in(workspace, "purged");
        debian.install(published(".deb"));
        var configuration = Files.writeString(debian.path("etc/walvault/walvault.toml"), "vault = \"/backup\"\n");

        debian.install(published(".deb"));
        debian.purge("walvault");

        assertThat(debian.files()).containsExactly(configuration);
        assertThat(configuration).hasContent("vault = \"/backup\"");
    }

    @Test
    void theExampleIsAConfiguration() throws Exception {
        var example = unpacked.resolve("share/doc/walvault/examples/walvault.toml");

        var ran = Program.of(unpacked.resolve("bin/walvault").toString(), "--config", example.toString(), "config")
                .run()
                .orThrow();

        assertThat(ran.out()).contains("file:///backup/pg");
    }

    @Test
    void everyManualPageIsFormattedWithoutAWarning() throws Exception {
        assumeThat(MAN).isExecutable();
        try (Stream<Path> files = Files.walk(unpacked.resolve("share/man"))) {
            for (Path page : files.filter(Files::isRegularFile).toList()) {
                var ran = Program.of(MAN.toString(), "--warnings", "-Tutf8", "--local-file", page.toString())
                        .with("MANWIDTH", "100")
                        .run()
                        .orThrow();

                assertThat(ran.err()).as(page.toString()).isEmpty();
                assertThat(ran.out().replaceAll(OVERSTRUCK, "")).contains("NAME", "DESCRIPTION", "SEE ALSO");
            }
        }
    }

    @Test
    void bashCompletesWhatIsTyped() throws Exception {
        var completion = unpacked.resolve("share/bash-completion/completions/walvault");

        var ran = Program.of("bash", "-c", COMPLETE, completion.toString(), "archive-")
                .run()
                .orThrow();

        assertThat(ran.out().strip().split(" ", -1)).containsExactlyInAnyOrder("archive-get", "archive-push");
        assertThat(ran.err()).isEmpty();
    }

    /** A copy of what the build has packaged, since the clone may lie where the user cannot read. */
    private static Path published(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(PUBLISHED)) {
            var packages =
                    files.filter(file -> file.toString().endsWith(suffix)).toList();
            assertThat(packages).as("%s in %s", suffix, PUBLISHED).hasSize(1);
            var copy = workspace.path(packages.getFirst().getFileName().toString());
            if (!Files.exists(copy)) {
                Files.copy(packages.getFirst(), copy);
                ServerUser.current().own(copy);
            }
            return copy;
        }
    }

    private static void archiveAndFetch(String name, Path program) throws Exception {
        try (var server = PostgresServer.with(PostgresBinaries.any())
                .walSegmentMegabytes(1)
                .create(workspace, name)) {
            var configuration = workspace.write(name + ".toml", """
                    vault = "%s"
                    state_directory = "%s"

                    [postgres]
                    port = %d
                    user = "%s"
                    """.formatted(
                            workspace.path(name + "-vault"),
                            workspace.path(name + "-state"),
                            server.port(),
                            PostgresServer.USER));
            var walvault = List.of(program.toString(), "--config", configuration.toString());
            run(server, walvault, "init");
            server.configure("archive_mode", "on");
            server.configure("archive_command", String.join(" ", walvault) + " archive-push %p");
            server.start();
            var segment = server.switchWal();
            server.awaitArchived(segment, PATIENCE);
            var fetched = workspace.path(name + "-fetched");

            run(server, walvault, "archive-get", segment, fetched.toString());

            assertThat(fetched)
                    .hasSameBinaryContentAs(
                            server.dataDirectory().resolve("pg_wal").resolve(segment));
        }
    }

    private static void run(PostgresServer server, List<String> walvault, String... arguments) throws Exception {
        var command = Stream.concat(walvault.stream(), Stream.of(arguments)).toList();
        Program.of(command)
                .with("PGDATA", server.dataDirectory().toString())
                .in(server.dataDirectory())
                .run()
                .orThrow();
    }
}
