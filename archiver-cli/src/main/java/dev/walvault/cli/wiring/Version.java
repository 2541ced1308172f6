package dev.walvault.cli.wiring;

import java.util.Optional;

/** Which walvault this is. */
public final class Version {
    /**
     * Of the jar; where there is none, as in a native image, what the build said. Initialized when the image is built.
     */
    public static final String TEXT = Optional.ofNullable(
                    Version.class.getPackage().getImplementationVersion())
            .or(() -> Optional.ofNullable(System.getProperty("walvault.version")))
            .orElse("dev");

    private Version() {}
}
