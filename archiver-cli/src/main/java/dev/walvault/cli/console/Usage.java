package dev.walvault.cli.console;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import java.util.function.Function;
import java.util.function.Supplier;

/** Values that only the engine can tell to be wrong, refused as a wrong command line all the same. */
public final class Usage {
    private Usage() {}

    /** A command line that means nothing: status 2. */
    public static ConfigurationException wrong(String message) {
        return Fault.of(ErrorCode.USAGE, message).configuration();
    }

    /**
     * Words that stand beside --help. In a restore_command, help would end with 0 and without a file, which PostgreSQL
     * takes for the end of the WAL.
     */
    public static ConfigurationException besideHelp(ErrorCode code, String word) {
        return Fault.of(code, "\"" + word + "\" is given beside an option that only prints something")
                .hint("Leave either away.")
                .configuration();
    }

    /** The value of an option, which is named where the value is refused: a command line may have several alike. */
    public static <T> T meant(String option, Function<String, T> parse, String text) throws ConfigurationException {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            String why = String.valueOf(e.getMessage());
            Fault fault = why.contains("\"" + text + "\"")
                    ? Fault.of(ErrorCode.USAGE, why).detail(givenTo(option))
                    : Fault.of(ErrorCode.USAGE, "invalid value \"" + text + "\" of option \"" + option + "\": " + why);
            throw fault.cause(e).configuration();
        }
    }

    /** A value of the command line that is no option's; what is wrong with it is said as of the command line. */
    public static <T> T meant(Function<String, T> parse, String text) throws ConfigurationException {
        return meant(() -> parse.apply(text));
    }

    static String givenTo(String option) {
        return "It was given to option \"" + option + "\".";
    }

    /** A value that is put together of several options. */
    public static <T> T meant(Supplier<T> value) throws ConfigurationException {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw Fault.of(ErrorCode.USAGE, String.valueOf(e.getMessage()))
                    .cause(e)
                    .configuration();
        }
    }
}
