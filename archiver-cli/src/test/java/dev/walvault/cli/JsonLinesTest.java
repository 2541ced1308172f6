package dev.walvault.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.cli.console.Failures;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.JsonLines;
import dev.walvault.cli.console.Shell;
import dev.walvault.cli.console.StandardOutput;
import dev.walvault.json.JsonTree;
import dev.walvault.observe.Progress;
import dev.walvault.pg.WalFile;
import dev.walvault.vaults.VaultsEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --output jsonl} makes of standard output. */
class JsonLinesTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Instant now = Instant.parse("2026-11-30T10:00:00.123456Z");
    private final JsonLines lines = new JsonLines(new PrintStream(out, true, UTF_8), () -> now);

    @TempDir
    Path directory;

    private List<Map<String, Object>> printed() {
        return JsonTree.lines(out.toString(UTF_8));
    }

    @Test
    void anEventIsALineWithItsNameItsSentenceAndItsMembers() {
        var reason = Fault.of(ErrorCode.STORE_UNREACHABLE, "no answer from https://key:secret@host/pg")
                .detail("it is unreachable")
                .store();

        lines.event(
                "archive-push",
                new VaultsEvent.VaultLacksFile(
                        WalFile.parse("000000010000000000000003"), "https://key:secret@host/pg", reason));

        assertThat(out.toString(UTF_8)).endsWith("\n").doesNotContain("secret");
        assertThat(printed())
                .singleElement()
                .isEqualTo(Map.of(
                        "walvault",
                        1L,
                        "command",
                        "archive-push",
                        "time",
                        "2026-11-30T10:00:00.123Z",
                        "event",
                        "vault-lacks-file",
                        "severity",
                        "warning",
                        "sentence",
                        "\"000000010000000000000003\" is not in every vault yet and is brought there later; vault"
                                + " \"https://***@host/pg\": no answer from https://***@host/pg (it is unreachable)",
                        "file",
                        "000000010000000000000003",
                        "vault",
                        "https://***@host/pg",
                        "reason",
                        Map.of(
                                "code",
                                "STORE_UNREACHABLE",
                                "message",
                                "no answer from https://***@host/pg",
                                "detail",
                                "it is unreachable")));
    }

    @Test
    void progressComesOnceASecondAndToItsEnd() {
        for (int done = 0; done <= 25; done++) {
            lines.event("backup", new Progress(done, done, 25));
            now = now.plus(Duration.ofMillis(100));
        }
        lines.end();
        lines.end();

        assertThat(printed()).extracting(line -> line.get("filesDone")).containsExactly(0L, 10L, 20L, 25L);
    }

    @Test
    void theResultIsTheLastLineThoughSomethingIsToldAfterIt() {
        lines.result("{\"walvault\":1,\"command\":\"backup\"}");
        lines.event("backup", new Progress(1, 1, 1));
        lines.end();

        assertThat(printed()).hasSize(2);
        assertThat(printed().getLast()).doesNotContainKey("event");
    }

    @Test
    void nothingComesAfterAnError() {
        lines.result("{\"walvault\":1,\"command\":\"backup\"}");
        lines.error("{\"error\":{}}");
        lines.event("backup", new Progress(1, 1, 1));
        lines.result("{\"walvault\":1,\"command\":\"backup\"}");
        lines.end();

        assertThat(printed()).hasSize(2);
        assertThat(printed().getLast()).containsOnlyKeys("error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version",
                "config",
                "keygen",
                "info",
                "init",
                "archive-push pg_wal/000000010000000000000001",
                "archive-push pg_wal/000000010000000000000002",
                "archive-get 000000010000000000000001 got",
                "archive-get 00000002.history got",
                "doctor --no-server",
                "doctor --policies",
                "salvage .",
                "copy 1 1",
                "restore -D there",
                "restore --in-place",
                "restore --undo-in-place",
                "restore-point list",
                "restore-point create p",
                "backup",
                "backup --jobs x",
                "backup --no-such-option",
                "no-such-command"
            })
    void theLastLineIsTheResultOrTheErrorOfAnyCommand(String command) throws IOException {
        Site site = Site.initialised(directory).with("WALVAULT_CLUSTRE", "x");
        site.segment(Site.SEGMENT, 1);
        String asJson = command + " --output json";

        Ran json = site.run(asJson.split(" ", -1));
        for (String made : List.of("key", "there")) {
            Files.deleteIfExists(site.pgdata().resolve(made));
        }
        Ran jsonl = site.run((asJson + "l").split(" ", -1));

        assertThat(jsonl.status()).isEqualTo(json.status());
        List<Map<String, Object>> all = JsonTree.lines(jsonl.out());
        assertThat(all.getLast()).doesNotContainKey("event");
        assertThat(all.getLast().keySet()).isEqualTo(JsonTree.read(json.out()).keySet());
        assertThat(all.getLast()).containsKeys("walvault", "command");
        assertThat(all.subList(0, all.size() - 1))
                .allSatisfy(line ->
                        assertThat(line).containsKeys("walvault", "command", "time", "event", "severity", "sentence"));
    }

    @Test
    void whatIsDoubtfulInTheConfigurationIsAnEventBeforeTheResult() throws IOException {
        Site site = Site.initialised(directory).with("WALVAULT_CLUSTRE", "x");

        Ran ran = site.run("info", "--output", "jsonl");

        assertThat(JsonTree.lines(ran.out()))
                .first(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("event", "variable-unknown")
                .containsEntry("variable", "WALVAULT_CLUSTRE");
        assertThat(ran.err()).contains("WARNING:  environment variable WALVAULT_CLUSTRE sets nothing");
    }

    @Test
    void whatTheDoctorFindsIsAnEventAsItIsFound() throws IOException {
        Site site = Site.initialised(directory);

        List<Map<String, Object>> all = JsonTree.lines(
                site.run("doctor", "--no-server", "--output", "jsonl").out());

        assertThat(all).anyMatch(line -> "finding".equals(line.get("event")) && "this host".equals(line.get("about")));
        assertThat(all.getLast()).containsKeys("host", "server", "vaults");
    }

    @Test
    void quietLeavesWarningsAndTheResult() throws IOException {
        Site site = Site.initialised(directory).with("WALVAULT_CLUSTRE", "x");

        List<Map<String, Object>> all = JsonTree.lines(site.run("doctor", "--no-server", "--quiet", "--output", "jsonl")
                .out());

        assertThat(all.subList(0, all.size() - 1))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).containsEntry("severity", "warning"));
    }

    @Test
    void whatIsCalledOffEndsWithAnError() {
        var invocation = new Invocation(shell(new PrintStream(out, true, UTF_8)));
        invocation.options().useOutputOf(List.of("backup", "--output", "jsonl"));
        invocation.console().begin("backup");

        new Failures(invocation).abandoned();
        invocation.console().on(new Progress(1, 1, 1));
        invocation.console().end();

        assertThat(printed()).singleElement().satisfies(line -> {
            assertThat(line).containsEntry("command", "backup");
            assertThat(JsonTree.object(line, "error"))
                    .containsEntry("code", "CANCELLED")
                    .containsEntry("status", 62L);
        });
    }

    @Test
    void aReaderThatHasGoneChangesNothing() throws IOException {
        Site site = Site.initialised(directory);
        var err = new ByteArrayOutputStream();
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        var shell = new Shell(
                Map.of("WALVAULT_CLUSTRE", "x"),
                site.pgdata(),
                new StandardOutput(closed, UTF_8, () -> true),
                new PrintStream(err, true, UTF_8),
                () -> false,
                () -> ZoneOffset.UTC,
                () -> false);

        int status = Main.run(new String[] {"--config", site.config().toString(), "info", "--output", "jsonl"}, shell);

        assertThat(status).isZero();
        assertThat(err.toString(UTF_8)).doesNotContain("Exception").doesNotContain("ERROR");
    }

    /** {@code keygen > FILE} on a full disk: whoever encrypts to that key has lost everything. */
    @ParameterizedTest
    @ValueSource(strings = {"keygen", "keygen --signing", "version", "config --example"})
    void aResultThatIsLostIsAnError(String command) {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        var err = new ByteArrayOutputStream();
        var shell = new Shell(
                Map.of(),
                directory,
                new StandardOutput(full, UTF_8, () -> false),
                new PrintStream(err, true, UTF_8),
                () -> false,
                () -> ZoneOffset.UTC,
                () -> false);

        assertThat(Main.run(command.split(" "), shell)).isEqualTo(ErrorCode.LOCAL_FILE.exitStatus());
        assertThat(err.toString(UTF_8))
                .contains("could not write to standard output: No space left on device")
                .doesNotContain("recipient", "writer");
    }

    private Shell shell(PrintStream output) {
        return new Shell(
                Map.of(),
                directory,
                new StandardOutput(output, UTF_8, () -> false),
                new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
                () -> false,
                () -> ZoneOffset.UTC,
                () -> false);
    }
}
