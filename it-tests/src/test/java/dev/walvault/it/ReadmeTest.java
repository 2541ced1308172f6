package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * README's quick start, as it stands there, on a stock cluster. All of this system can be changed meanwhile: it is the
 * lower layer of an overlay, and what changes is in memory. Only root can have such a copy.
 */
@EnabledIf(value = "dev.walvault.it.Walvault#isNative", disabledReason = "only the native program is packaged")
class ReadmeTest {
    /** $1 is an empty directory, $2 the script to run there. */
    private static final String IN_A_COPY = """
            set -eu
            mount -t tmpfs tmpfs "$1"
            cd "$1"
            mkdir upper work root
            mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
            mount -t proc proc root/proc
            mount --rbind /dev root/dev
            mount -t tmpfs tmpfs root/run
            mount -t tmpfs tmpfs root/etc/postgresql
            mount -t tmpfs tmpfs root/var/lib/postgresql
            install -d -o postgres -m 775 root/run/postgresql
            install -d -o postgres root/var/lib/postgresql root/etc/postgresql root/backup
            cp "$2" root/script
            exec chroot root bash -eu /script
            """;

    /** Stands for what a fresh chroot lacks, or what needs a person. */
    private static final String STAND_INS = """
            sudo() { if [ "$1" = -u ]; then local user=$2; shift 2; runuser -u "$user" -- "$@"; else "$@"; fi; }
            apt() { apt-get -qq -y "$@"; }
            sql() { runuser -u postgres -- psql -XAtqc "$1"; }
            export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            cd /root
            pg_createcluster 15 main --start
            """;

    private static final String LAST_SET_UP = "sudo -u postgres walvault restore-point";

    @Test
    void itsLinesSetUpAStockClusterAndRestoreIt() throws Exception {
        assumeTrue(ServerUser.current().isDropped(), "only root can have a copy of the system");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/pg_createcluster")), "no Debian");
        List<List<String>> blocks = CommandsOfPage.below("README.md", "## Quick start");
        assertThat(blocks).hasSize(4);
        try (var workspace = Workspace.create("readme")) {
            var script = new ArrayList<>(STAND_INS.lines().toList());
            script.add("cp " + published(".deb") + " .");
            blocks.get(1).forEach(line -> script.add(line.replace("./walvault", program())));
            script.add("recipient=$(grep -o 'age1[a-z0-9]*' identity.age)");
            for (String line : blocks.get(2)) {
                if (line.startsWith(LAST_SET_UP)) {
                    script.add("sql 'CREATE TABLE orders AS SELECT generate_series(1, 1000) n'");
                }
                script.add(line.replace("<<'END'", "<<END").replace("age1…", "$recipient"));
            }
            script.add("sql 'DROP TABLE orders'");
            script.addAll(blocks.get(3));
            script.add("until [ \"$(sql 'SELECT pg_get_wal_replay_pause_state()')\" = paused ]; do sleep 1; done");
            script.add("echo \"rows: $(sql 'SELECT count(*) FROM orders')\"");
            script.add("sql 'SELECT pg_wal_replay_resume()'");
            script.add("until [ \"$(sql 'SELECT pg_is_in_recovery()')\" = f ]; do sleep 1; done");
            script.add("pg_ctlcluster 15 main stop");
            Path file = workspace.write("script", String.join("\n", script) + "\n");
            Path copy = workspace.directory("copy");

            Path log = workspace.path("log");
            int status = inACopy(copy, file, log);

            assertThat(status).as(() -> read(log)).isZero();
            assertThat(log).content().contains("can be relied on", "rows: 1000").doesNotContain("WARNING:", "ERROR:");
        }
    }

    private static int inACopy(Path directory, Path script, Path log) throws Exception {
        var process = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "bash",
                        "-c",
                        IN_A_COPY,
                        "bash",
                        directory.toString(),
                        script.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        return process.exitValue();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String program() {
        return Walvault.launcher().toString();
    }

    private static Path published(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(Project.directory().resolve("archiver-cli/target/packages"))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
