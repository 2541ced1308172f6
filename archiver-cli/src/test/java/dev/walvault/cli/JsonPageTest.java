package dev.walvault.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.archive.GetOutcome;
import dev.walvault.aside.AsideReport;
import dev.walvault.cli.console.JsonLines;
import dev.walvault.cli.report.InPlaceText;
import dev.walvault.cli.report.PolicyText;
import dev.walvault.cli.settings.VaultUrls;
import dev.walvault.copy.CopyReport;
import dev.walvault.examine.Finding;
import dev.walvault.json.JsonText;
import dev.walvault.json.JsonTree;
import dev.walvault.observe.Event;
import dev.walvault.restore.RestoreEvent;
import dev.walvault.vault.BackupId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/JSON.md names each command's members, each event and its members, and nothing else. */
class JsonPageTest {
    private static final Path PAGE = Path.of("..", "docs", "JSON.md");
    private static final Path GOLDEN = Path.of("src/test/resources/dev/walvault/cli/golden");

    /** Of each line, and of each event. */
    private static final Set<String> ENVELOPE =
            Set.of("walvault", "command", "error", "time", "event", "severity", "sentence");

    private static final List<String> EVENT_TABLES = List.of(
            "in every command",
            "while wal is stored, fetched and salvaged",
            "while a backup is taken",
            "while a backup is restored",
            "while an old data directory makes room",
            "in other commands");

    @TempDir
    Path directory;

    private final JsonPage page;

    JsonPageTest() throws IOException {
        page = JsonPage.read(PAGE);
    }

    private static Map<String, Object> tree(Consumer<JsonText> members) {
        return JsonTree.read(JsonText.object(members));
    }

    @Test
    void thePageHasEveryEventWithItsSeverityAndItsMembers() {
        var inPage = new HashMap<String, JsonPage.Row>();
        EVENT_TABLES.forEach(section -> inPage.putAll(page.section(section)));
        for (Event event : EventExamples.all()) {
            assertThat(inPage).containsKey(event.type());
            JsonPage.Row row = Objects.requireNonNull(inPage.remove(event.type()));
            assertThat(row.type()).as(event.type()).contains(event.severity().text());
            assertThat(row.members())
                    .as(event.type())
                    .isEqualTo(tree(event::put).keySet().stream()
                            .map(name -> "`" + name + "`")
                            .collect(Collectors.joining(", "))
                            .transform(members -> members.isEmpty() ? "-" : members));
        }
        assertThat(inPage.keySet()).as("events of the page that nobody raises").isEmpty();
    }

    @Test
    void thereIsAnExampleOfEveryEvent() {
        Set<String> raised = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.walvault").stream()
                        .filter(each -> each.isAssignableTo(Event.class) && !each.isInterface())
                        .map(JavaClass::getName)
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(EventExamples.all())
                .extracting(event -> event.getClass().getName())
                .hasSameElementsAs(raised);
        assertThat(EventExamples.all())
                .extracting(Event::type)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z]+(-[a-z]+)*"));
    }

    @Test
    void aMemberOfEventsHasOneMeaningAndOneType() {
        for (Event event : EventExamples.all()) {
            Map<String, Object> members = tree(event::put);
            assertThat(members.keySet()).as(event.type()).doesNotContainAnyElementsOf(ENVELOPE);
            page.check("members of events", members);
        }
        page.check("events", line());
        assertThat(page.unseen()).noneMatch(row -> row.startsWith("members of events/"));
    }

    /** Of an event without members of its own. */
    private static Map<String, Object> line() {
        var out = new ByteArrayOutputStream();
        new JsonLines(new PrintStream(out, true, UTF_8), InstantSource.system())
                .event("restore", new RestoreEvent.Caveat("the vault knows no such restore point"));
        return JsonTree.read(out.toString(UTF_8));
    }

    @Test
    void thePageHasEveryResultWithItsMembers() throws Exception {
        goldens();
        described();
        run();
        EventExamples.all().forEach(event -> page.check("members of events", tree(event::put)));
        page.check("events", line());

        assertThat(page.unseen())
                .as("members of the page that nothing has")
                .allMatch(row -> EVENT_TABLES.contains(row.substring(0, row.indexOf('/'))));
    }

    private void result(String section, String json) {
        Map<String, Object> members = JsonTree.read(json);
        var line = new HashMap<>(members);
        line.keySet().retainAll(Set.of("walvault", "command"));
        page.check("lines", line);
        members.keySet().removeAll(line.keySet());
        page.check(section, members);
    }

    private void goldens() throws IOException {
        for (String section : List.of("backup", "info", "restore", "restore-point create", "restore-point list")) {
            result(section, Files.readString(GOLDEN.resolve(section.replace(' ', '-') + ".json")));
        }
        String vaults = Files.readString(GOLDEN.resolve("info-vaults.json"));
        page.check("system", Map.of("vaults", JsonTree.objects(JsonTree.read(vaults), "vaults")));
        page.check("error", JsonTree.object(JsonTree.read(Files.readString(GOLDEN.resolve("error.json"))), "error"));
    }

    private void described() {
        page.check("archive-get", tree(new GetOutcome.Prefetched(1)::describe));
        page.check("restore", tree(JsonContractTest.withTail()::describe));
        page.check("restore", tree(InPlaceText.json(List.of(new AsideReport(true, List.of(directory))))));
        page.check("salvage", tree(EventExamples.report()::describe));
        var failure = Fault.of(ErrorCode.GAP, "it is missing").integrity();
        page.check("finding", tree(Finding.failed("user", failure)::describe));
        var backup = List.of(new BackupId(Instant.EPOCH));
        page.check(
                "copy",
                tree(
                        new CopyReport(1, 2, 3, backup, backup, List.of(EventExamples.leftOut()), List.of(failure))
                                ::describe));
        PolicyText policies = PolicyText.of(VaultUrls.place("s3://bucket/pg?region=eu-central-1"))
                .orElseThrow();
        page.check("init", tree(json -> json.putObject("policies", policies::json)));
        page.check(
                "init",
                tree(json -> json.putObjects("vaults", List.of(each -> each.putObject("policies", policies::json)))));
        page.check("doctor --policies", tree(policies::ofVault));
        page.check("doctor --policies", tree(json -> json.putObjects("vaults", List.of(policies::ofVault))));
    }

    private void run() throws IOException {
        Site site = Site.in(directory);
        site.configure("");
        String two = "vault = [\"" + directory.resolve("one") + "\", \"" + directory.resolve("two") + "\"]\n";
        site.write(two + "pgdata = \"pgdata\"\nstate_directory = \"state\"\n");
        site.segment(Site.SEGMENT, 1);
        result("init", site.run("init", "--output", "json").out());
        result(
                "archive-push",
                site.run("archive-push", "pg_wal/" + Site.SEGMENT, "--output", "json")
                        .out());
        result(
                "archive-get",
                site.run("archive-get", Site.SEGMENT, "got", "--output", "json").out());
        result("info", site.run("info", "--output", "json").out());
        result("copy", site.run("copy", "1", "2", "--all", "--output", "json").out());
        result(
                "salvage",
                site.run("salvage", site.pgdata().toString(), "--output", "json")
                        .out());
        result("doctor", site.run("doctor", "--no-server", "--output", "json").out());
        result("config", site.run("config", "--output", "json").out());
        result("version", site.run("version", "--output", "json").out());
        result("keygen", site.run("keygen", "--output", "json").out());
        result("keygen", site.run("keygen", "-o", "key", "--output", "json").out());
        result("keygen", site.run("keygen", "--signing", "--output", "json").out());
        result(
                "keygen",
                site.run("keygen", "--signing", "-o", "signing", "--output", "json")
                        .out());
    }
}
