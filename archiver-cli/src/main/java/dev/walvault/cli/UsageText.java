package dev.walvault.cli;

import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with a command line, whoever has parsed it. */
final class UsageText {
    private UsageText() {}

    static String unknownCommand(String word) {
        return "unknown command \"" + word + "\"";
    }

    static String unknownOption(String word) {
        return "unknown option \"" + word + "\"";
    }

    static String tooMany(String word) {
        return "one argument too many: \"" + word + "\"";
    }

    static String missing(List<String> parameters) {
        return "missing required parameter" + (parameters.size() == 1 ? "" : "s") + ": "
                + parameters.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
    }

    static String needsValue(String option) {
        return "option \"" + option + "\" needs a value";
    }

    static String needsValueBefore(String option, String next) {
        return needsValue(option) + " before \"" + next + "\"";
    }

    static String needsNoValue(String option) {
        return "option \"" + option + "\" takes no value";
    }

    static String givenTwice(String option) {
        return "option \"" + option + "\" is given twice";
    }

    /**
     * A value that an option cannot have.
     *
     * @param value in quotes
     */
    static String invalid(String value, String option, String expected) {
        return "invalid value " + value + " of option \"" + option + "\": expected " + expected;
    }

    /** The beginning of a hint. */
    static String didYouMean(String name) {
        return "Did you mean \"" + name + "\"? ";
    }
}
