package dev.walvault.cli.console;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What surrounds one run of the program.
 *
 * @param out for results
 * @param err for everything else
 * @param terminal whether somebody looks at {@code err}; costly to find out, so asked only when it matters
 * @param zone in which people read times; costly, too
 * @param root whether the program runs as root
 */
public record Shell(
        Map<String, String> environment,
        Path directory,
        StandardOutput out,
        PrintStream err,
        BooleanSupplier terminal,
        Supplier<ZoneId> zone,
        BooleanSupplier root) {
    public Shell {
        environment = Map.copyOf(environment);
    }
}
