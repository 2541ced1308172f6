package dev.walvault.store.s3;

import java.time.Duration;
import java.util.Optional;

/**
 * The service of a vault, as error messages speak of it.
 *
 * @param credentials where the access key comes from
 */
record S3Service(S3Place location, String credentials, Skew skew) {

    /** By how much the clock of the service was ahead of ours in its last answer. */
    @FunctionalInterface
    interface Skew {
        Optional<Duration> seen();
    }

    /** The service, as the operator knows it. */
    String name() {
        return location.options().endpoint().map(Object::toString).orElse("Amazon S3");
    }

    /** Whether requests go over TLS to an endpoint that the operator has named. */
    boolean isSecureEndpoint() {
        return location.options()
                .endpoint()
                .filter(endpoint -> endpoint.getScheme().equals("https"))
                .isPresent();
    }

    String bucket() {
        return location.bucket();
    }

    /** What is wrong with the clock, in words. */
    String clockWarning() {
        return "the clock of this host differs from that of " + name()
                + skew.seen()
                        .map(by -> ", which is " + Math.abs(by.toSeconds()) + " seconds "
                                + (by.isNegative() ? "behind" : "ahead"))
                        .orElse("")
                + "; set the clock";
    }
}
