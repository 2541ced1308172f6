package dev.walvault.sign;

import java.util.Arrays;
import java.util.Optional;

/** Signing keys for tests, and who trusts them. */
public final class Keys {
    /** RFC 8032, section 7.1, TEST 2. */
    static final String RFC_SEED = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

    private Keys() {}

    /** Trusts what these keys have signed, at whatever time. */
    public static TrustedWriters trusting(SigningKey... keys) {
        return TrustedWriters.of(Arrays.stream(keys).map(Keys::always).toList(), Optional.empty());
    }

    public static TrustedWriter always(SigningKey key) {
        return new TrustedWriter(key.writer(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
