package dev.walvault.vault;

import dev.walvault.seal.WriteStamp;
import java.time.Clock;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** This process, as objects remember who wrote them. */
public record Author(String host, String version, Clock clock, RandomGenerator random) {

    /** A stamp for one write: the present, and an id that no other write has. */
    public WriteStamp stamp() {
        return new WriteStamp(host, version, randomHex(1), clock.instant());
    }

    String randomHex(int longs) {
        var hex = new StringBuilder();
        for (int i = 0; i < longs; i++) {
            hex.append(HexFormat.of().toHexDigits(random.nextLong()));
        }
        return hex.toString();
    }
}
