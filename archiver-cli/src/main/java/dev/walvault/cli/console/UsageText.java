package dev.walvault.cli.console;

import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with a command line, whoever has parsed it. */
public final class UsageText {
    private UsageText() {}

    /** There is no such command. */
    public static String unknownCommand(String word) {
        return "unknown command \"" + word + "\"";
    }

    /** There is no such option. */
    public static String unknownOption(String word) {
        return "unknown option \"" + word + "\"";
    }

    /** One word more than the command takes. */
    public static String tooMany(String word) {
        return "one argument too many: \"" + word + "\"";
    }

    /** Parameters that the command needs. */
    public static String missing(List<String> parameters) {
        return "missing required parameter" + (parameters.size() == 1 ? "" : "s") + ": "
                + parameters.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
    }

    /** At the end of the line. */
    public static String needsValue(String option) {
        return "option \"" + option + "\" needs a value";
    }

    /** Where another option follows. */
    public static String needsValueBefore(String option, String next) {
        return needsValue(option) + " before \"" + next + "\"";
    }

    /** An option that is there or not. */
    public static String needsNoValue(String option) {
        return "option \"" + option + "\" takes no value";
    }

    /** An option that has one value. */
    public static String givenTwice(String option) {
        return "option \"" + option + "\" is given twice";
    }

    /**
     * A value that an option cannot have.
     *
     * @param value in quotes
     */
    public static String invalid(String value, String option, String expected) {
        return "invalid value " + value + " of option \"" + option + "\": expected " + expected;
    }

    /** The beginning of a hint. */
    public static String didYouMean(String name) {
        return "Did you mean \"" + name + "\"? ";
    }
}
