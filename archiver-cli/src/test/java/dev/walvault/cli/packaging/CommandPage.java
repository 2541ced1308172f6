package dev.walvault.cli.packaging;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The page of one command: what its --help says. */
final class CommandPage {
    private static final int SECTION = 1;

    private final CommandSpec command;
    private final ManualPage page;

    private CommandPage(CommandSpec command, Edition edition) {
        this.command = command;
        this.page = new ManualPage(name(command), SECTION, edition, about(command));
    }

    /** Whether people are to know of it. */
    static boolean isVisible(CommandLine line) {
        return !line.getCommandSpec().usageMessage().hidden();
    }

    /** As far as it is the command's own; what it has in common with others may follow. */
    static ManualPage of(CommandSpec command, Edition edition) {
        var made = new CommandPage(command, edition);
        made.synopsis();
        made.description();
        made.subcommands();
        made.options();
        made.examples();
        return made.page;
    }

    /** {@code walvault-restore-point-create}, as git's pages are named. */
    static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    private void synopsis() {
        page.heading("SYNOPSIS");
        String typed = command.qualifiedName();
        String whole = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0);
        String rest = String.join(" ", whole.strip().split("\\s+", -1)).substring(typed.length());
        page.paragraph(RoffText.bold(typed).plus(rest));
    }

    private void description() {
        page.heading("DESCRIPTION");
        paragraphs(command.usageMessage().description()).forEach(text -> page.paragraph(RoffText.plain(text)));
    }

    private void subcommands() {
        List<CommandSpec> visible = visibleSubcommands();
        if (!visible.isEmpty()) {
            page.heading("COMMANDS");
            visible.forEach(each -> page.item(reference(each), List.of(RoffText.plain(firstSentence(each)))));
        }
    }

    private void options() {
        page.heading("OPTIONS");
        command.positionalParameters().stream()
                .filter(each -> !each.hidden())
                .forEach(each -> page.item(RoffText.italic(each.paramLabel()), described(each)));
        // those that every command has come last
        var visible = command.options().stream()
                .filter(each -> !each.hidden())
                .sorted(Help.createShortOptionNameComparator())
                .collect(Collectors.partitioningBy(OptionSpec::inherited));
        visible.getOrDefault(false, List.of()).forEach(this::option);
        visible.getOrDefault(true, List.of()).forEach(this::option);
    }

    private void option(OptionSpec option) {
        var names = RoffText.EMPTY;
        for (String name : option.names()) {
            names = (names.isEmpty() ? names : names.plus(", ")).plus(RoffText.bold(name));
        }
        boolean takesValue = option.arity().max() > 0;
        page.item(takesValue ? names.plus("=").plus(RoffText.italic(option.paramLabel())) : names, described(option));
    }

    private static List<RoffText> described(ArgSpec argument) {
        return Stream.of(argument.description())
                .map(text -> RoffText.plain(text.strip()))
                .toList();
    }

    private void examples() {
        page.heading("EXAMPLES");
        var typed = new ArrayList<String>();
        for (String line : command.usageMessage().footer()) {
            String text = formatted(line);
            if (text.startsWith("  ")) {
                typed.add(text.strip());
                continue;
            }
            flush(typed);
            if (!text.strip().matches("Examples?:")) {
                page.paragraph(RoffText.plain(text.strip()));
            }
        }
        flush(typed);
    }

    private void flush(List<String> typed) {
        if (!typed.isEmpty()) {
            page.verbatim(typed);
            typed.clear();
        }
    }

    private List<CommandSpec> visibleSubcommands() {
        return command.subcommands().values().stream()
                .filter(CommandPage::isVisible)
                .map(CommandLine::getCommandSpec)
                .toList();
    }

    private static RoffText reference(CommandSpec command) {
        return RoffText.bold(name(command)).plus("(" + SECTION + ")");
    }

    private static String about(CommandSpec command) {
        String sentence = firstSentence(command);
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1, sentence.length() - 1);
    }

    private static String firstSentence(CommandSpec command) {
        return paragraphs(command.usageMessage().description()).getFirst();
    }

    /** Each text that begins with a line's end begins a paragraph. */
    private static List<String> paragraphs(String[] texts) {
        return Stream.of(String.join(
                                " ",
                                Stream.of(texts).map(CommandPage::formatted).toList())
                        .split("\n", -1))
                .map(String::strip)
                .toList();
    }

    /** The texts of a command are formats; those of its arguments come formatted. */
    private static String formatted(String text) {
        return text.formatted().replace("\r\n", "\n");
    }
}
