package dev.walvault.cli.console;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the parser of the command line says, in the words in which this program says everything else. */
final class ParserText {
    /** A sentence of the parser, from its beginning to its end, and what it becomes. */
    private record Rule(Pattern theirs, Function<MatchResult, String> ours) {
        static Rule of(String theirs, Function<MatchResult, String> ours) {
            return new Rule(Pattern.compile(theirs, Pattern.DOTALL), ours);
        }
    }

    private static final String OPTION = "\"(--?[a-zA-Z-]+)\"(?: \\([^)]*\\))?";
    private static final Pattern OPTION_NAME = Pattern.compile("--?[a-zA-Z-]+");

    private static final List<Rule> RULES = List.of(
            Rule.of(
                    "invalid value for option " + OPTION
                            + ": expected one of \\[(.*)] \\(case-insensitive\\) but was (.*)",
                    match -> UsageText.invalid(
                            match.group(3),
                            match.group(1),
                            "one of " + match.group(2).toLowerCase(Locale.ROOT))),
            Rule.of(
                    "invalid value for option " + OPTION + ": (.*) is not an? (?:int|long)",
                    match -> UsageText.invalid(match.group(2), match.group(1), "a whole number")),
            Rule.of(
                    "value for option option " + OPTION + " should be in (.*) format but was (.*)",
                    match -> UsageText.invalid("\"" + match.group(3) + "\"", match.group(1), match.group(2))),
            Rule.of("error: (.*) are mutually exclusive.*", match -> names(match.group(1)) + " exclude each other"),
            Rule.of(
                    "option " + OPTION + " should be specified only once",
                    match -> UsageText.givenTwice(match.group(1))),
            Rule.of("missing required parameter for option " + OPTION, match -> UsageText.needsValue(match.group(1))),
            Rule.of(
                    "expected parameter for option " + OPTION + " but found \"(.*)\"",
                    match -> UsageText.needsValueBefore(match.group(1), match.group(2))));

    private ParserText() {}

    /** Its first line: lower case, double quotes, no full stop. */
    static String inOurStyle(String message) {
        String text = message.lines().findFirst().orElse("").replace('\'', '"').strip();
        if (text.endsWith(".")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.isEmpty()) {
            return text;
        }
        text = text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
        for (Rule rule : RULES) {
            Matcher matcher = rule.theirs().matcher(text);
            if (matcher.matches()) {
                return rule.ours().apply(matcher);
            }
        }
        return text;
    }

    private static String names(String options) {
        return OPTION_NAME
                .matcher(options)
                .results()
                .map(match -> "\"" + match.group() + "\"")
                .collect(Collectors.joining(" and "));
    }
}
