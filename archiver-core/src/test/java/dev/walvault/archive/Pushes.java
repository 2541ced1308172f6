package dev.walvault.archive;

import dev.walvault.observe.Listener;
import dev.walvault.seal.Compression;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vaults.ConfiguredVault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Pushes into one vault, for tests. */
public final class Pushes {
    private Pushes() {}

    public static WalPush to(MemberAccess access, Compression compression, Listener listener) {
        return to(access, compression, listener, Integer.MAX_VALUE);
    }

    static WalPush to(MemberAccess access, Compression compression, Listener listener, int largestInMemory) {
        var nowhere = LocalState.in(Path.of("/dev/null/state"), InstantSource.system());
        return to(access, compression, listener, largestInMemory, nowhere);
    }

    static WalPush to(MemberAccess access, Compression compression, Listener listener, LocalState state) {
        return to(access, compression, listener, Integer.MAX_VALUE, state);
    }

    private static WalPush to(
            MemberAccess access, Compression compression, Listener listener, int largestInMemory, LocalState state) {
        return new WalPush(
                List.of(opened(access)),
                1,
                state,
                compression,
                LookAheadLimits.none(),
                listener,
                Math.min(largestInMemory, 64 << 20),
                Duration.ZERO);
    }

    /** A vault that is open already. */
    static ConfiguredVault opened(MemberAccess access) {
        return new ConfiguredVault() {
            @Override
            public boolean isNear() {
                return true;
            }

            @Override
            public String location() {
                return access.vault().location();
            }

            @Override
            public String identity() {
                return location();
            }

            @Override
            public MemberAccess open() {
                return access;
            }
        };
    }
}
