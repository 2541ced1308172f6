package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

@DisabledIf(value = "dev.walvault.it.Walvault#isNative", disabledReason = "it is its own launcher")
class LauncherTest {
    private final Walvault broken =
            Walvault.with(Path.of("/nonexistent")).environment("WALVAULT_JAVA_OPTS", "-Xmx1nonsense");

    @Test
    void aJavaThatCannotStartIsNotTheEndOfTheWal() throws Exception {
        var ran = broken.run("archive-get", "000000010000000000000001", "pg_wal/RECOVERYXLOG");

        assertThat(ran.status()).isEqualTo(255);
        assertThat(ran.err()).contains("this is not the end of the WAL");
    }

    @Test
    void aJavaThatCannotStartDoesNotTakeAStandbyDown() throws Exception {
        try (var workspace = Workspace.create("it")) {
            workspace.write("standby.signal", "");

            var ran = broken.in(workspace.root()).run("archive-get", "000000010000000000000001", "pg_wal/RECOVERYXLOG");

            assertThat(ran.status()).isEqualTo(1);
        }
    }

    @Test
    void aJavaThatCannotStartIsAFailedPushThatPostgresRepeats() throws Exception {
        var ran = broken.run("archive-push", "pg_wal/000000010000000000000001");

        assertThat(ran.status()).isBetween(1, 125);
    }

    @Test
    void anOldJavaIsRefusedInOneSentence() throws Exception {
        try (var workspace = Workspace.create("it")) {
            workspace.directory("java/bin");
            var java = workspace.write("java/bin/java", "#!/bin/sh\n");
            assertThat(java.toFile().setExecutable(true, false)).isTrue();
            workspace.write("java/release", "JAVA_VERSION=\"17.0.15\"\n");
            var old = Walvault.with(Path.of("/nonexistent"))
                    .environment("WALVAULT_JAVA_HOME", workspace.path("java").toString());

            var ran = old.run("info");

            assertThat(ran.status()).isEqualTo(3);
            assertThat(ran.err()).contains("no Java 25 or newer").hasLineCount(1);
            assertThat(old.run("--config", "x", "archive-get", "a", "b").status())
                    .isEqualTo(255);
        }
    }

    @Test
    void whatAnEarlierStartHasLoadedIsUsed() throws Exception {
        var walvault = Walvault.with(Path.of("/nonexistent"));
        var cache = Walvault.launcher().resolveSibling("../walvault.aot");
        try (var workspace = Workspace.create("it")) {
            walvault.environment("WALVAULT_JAVA_OPTS", "-XX:AOTCacheOutput=" + cache)
                    .run("version")
                    .orThrow();

            var log = workspace.path("classes");
            walvault.environment("WALVAULT_JAVA_OPTS", "-Xlog:class+load:file=" + log)
                    .run("version")
                    .orThrow();

            assertThat(log).content().contains("dev.walvault.cli.Main source: shared objects file");
        } finally {
            Files.deleteIfExists(cache);
        }
    }

    @Test
    void whatAnotherJavaHasLoadedIsPassedOverInSilence() throws Exception {
        var walvault = Walvault.with(Path.of("/nonexistent"));
        var cache = Walvault.launcher().resolveSibling("../walvault.aot");
        try {
            Files.writeString(cache, "of another Java");

            var ran = walvault.run("version").orThrow();

            assertThat(ran.out()).startsWith("walvault ");
            assertThat(ran.err()).isEmpty();
        } finally {
            Files.deleteIfExists(cache);
        }
    }
}
