package dev.walvault.cli.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.cli.settings.Setting;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class ManualPagesTest {
    private static final Edition EDITION = new Edition("1.2", LocalDate.of(2026, 11, 20));
    private static final Set<String> REQUESTS =
            Set.of(".TH", ".ad", ".nh", ".SH", ".PP", ".TP", ".br", ".RS", ".RE", ".nf", ".fi");

    @Test
    void thereIsOneForEachCommandAndOneForTheConfiguration() {
        assertThat(PackageFiles.pages(EDITION))
                .extracting(ManualPage::file)
                .doesNotHaveDuplicates()
                .contains(
                        "man1/walvault.1",
                        "man1/walvault-archive-push.1",
                        "man1/walvault-archive-get.1",
                        "man1/walvault-restore-point-create.1",
                        "man5/walvault.toml.5");
    }

    @Test
    void whatIsHiddenFromPeopleIsInNone() {
        var hidden = new CommandLine(command("hidden"));
        hidden.getCommandSpec().usageMessage().hidden(true);
        var program = new CommandLine(
                        command("tool").addOption(option("--secret", true)).addOption(option("--known", false)))
                .addSubcommand("seen", command("seen"))
                .addSubcommand("hidden", hidden);

        var pages = PackageFiles.pages(program, EDITION);

        assertThat(pages).extracting(ManualPage::file).containsExactly("man1/tool.1", "man1/tool-seen.1");
        assertThat(pages.getFirst().toString()).contains("\\-\\-known").doesNotContain("secret", "hidden");
    }

    @Test
    void noTextIsTakenForARequest() {
        assertThat(PackageFiles.pages(EDITION))
                .allSatisfy(page -> assertThat(page.toString()
                                .lines()
                                .filter(line -> line.startsWith(".") || line.startsWith("'"))
                                .map(line -> line.split(" ", 2)[0]))
                        .isSubsetOf(REQUESTS));
        assertThat(RoffText.plain("\\fB 'a' -b ~ ^ ` é, b,1").escaped())
                .isEqualTo("\\(rsfB \\(aqa\\(aq \\-b \\(ti \\(ha \\(ga \\[u00E9], b,\\:1");
    }

    @Test
    void examplesAreLinesToBeTyped() {
        assertThat(page("man1/walvault-archive-push.1"))
                .contains(".nf\narchive_command = \\(aqwalvault archive\\-push %p\\(aq\n.fi\n");
    }

    @Test
    void aPageSaysWhatHelpSays() {
        assertThat(page("man1/walvault-backup.1"))
                .startsWith(".TH \"WALVAULT\\-BACKUP\" 1 \"2026-11-20\" \"walvault 1.2\" \"walvault\"\n")
                .contains("walvault\\-backup \\- takes a full base backup of the running server, online\n")
                .contains("\\fBwalvault backup\\fR [")
                .contains(".TP\n\\fB\\-j\\fR, \\fB\\-\\-jobs\\fR=\\fINUMBER\\fR\n")
                .contains(".TP\n\\fB\\-c\\fR, \\fB\\-\\-config\\fR=\\fIFILE\\fR\n")
                .contains(".PP\nA backup exists once every file");
    }

    @Test
    void thePageOfTheConfigurationHasEverySetting() {
        var page = page("man5/walvault.toml.5");

        assertThat(List.of(Setting.values()))
                .allSatisfy(setting -> assertThat(page).contains(".TP\n\\fB" + setting.key() + "\\fR\n"));
        assertThat(page)
                .contains("One TOML file, found by \\fB\\-\\-config\\fR, then")
                .contains("type: a string; default: \\fB\"zstd\"\\fR; environment: \\fBWALVAULT_WAL_CODEC\\fR\n");
    }

    @Test
    void thePageOfTheProgramHasTheExitStatuses() {
        assertThat(page("man1/walvault.1")).contains(".SH \"EXIT STATUS\"\n").contains(".TP\n\\fB255\\fR\n");
    }

    @Test
    void theChangelogIsOneForDebian() {
        assertThat(PackageFiles.changelog(new Edition("0.1.0", LocalDate.of(2026, 11, 1))))
                .startsWith("walvault (0.1.0) unstable; urgency=medium\n\n  * ")
                .endsWith(
                        "\n\n -- the authors of walvault <walvault@localhost.invalid>  Sun, 01 Nov 2026 00:00:00 +0000\n");
    }

    @Test
    void theCompletionKnowsCommandsAndOptions() {
        assertThat(PackageFiles.completion()).contains("archive-push", "restore-point", "--to-point");
    }

    private static String page(String file) {
        return PackageFiles.pages(EDITION).stream()
                .filter(page -> page.file().equals(file))
                .findFirst()
                .orElseThrow()
                .toString();
    }

    private static CommandSpec command(String name) {
        var spec = CommandSpec.create().name(name);
        spec.usageMessage().description("Does " + name + " well.");
        return spec;
    }

    private static OptionSpec option(String name, boolean hidden) {
        return OptionSpec.builder(name).hidden(hidden).description("an option").build();
    }
}
