package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.CrashPath;
import dev.walvault.host.CrashingDisk;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.CatchUp;
import dev.walvault.vaults.ConfiguredVault;
import dev.walvault.vaults.Debts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a host has of former calls after a crash: no debt is lost, no acknowledgement says too much, and what
 * archive-get had put somewhere is not believed.
 */
public final class StateCrashes {
    private static final String FIRST = "000000010000000000000013";
    private static final String SECOND = "000000010000000000000014";
    private static final String REASON = "the vault has something else under this name";

    private StateCrashes() {}

    public static List<CrashPath> paths() {
        return List.of(
                new CrashPath("a push while one of two vaults is unreachable", Push::new),
                new CrashPath("debts that are paid", Paying::new),
                new CrashPath("a debt that is set aside", SettingAside::new),
                new CrashPath("a debt that is taken up again", TakingUp::new),
                new CrashPath("a segment that recovery asks for", Getting::new));
    }

    /** Two vaults in memory, of which the second comes and goes, and the state of a new process. */
    private abstract static class OnTwoVaults implements CrashPath.Trial {
        final SeveralVaults site;

        OnTwoVaults(Path root) throws Exception {
            site = new SeveralVaults(root.resolveSibling("data"), root.resolve("var/lib/walvault"), 2, Vaults.NO_KEYS);
            // long ago, so that every directory has changed since
            site.time.set(Instant.EPOCH);
            site.write(FIRST, 0).write(SECOND, 0).queue(FIRST, SECOND);
        }

        LocalState state(CrashingDisk disk) {
            return LocalState.in(site.stateDirectory, site.time, disk);
        }

        ConfiguredVault second() {
            return site.vaults.get(1);
        }

        /** It is there, or a debt says that it is not. */
        void hasOrIsOwed(String name) throws Exception {
            if (!site.has(2, name)) {
                boolean setAside = site.setAside(2).stream()
                        .anyMatch(failed -> failed.file().equals(name));
                assertThat(setAside || site.debts(2).contains(name)).isTrue();
            }
        }
    }

    private static final class Push extends OnTwoVaults {
        Push(Path root) throws Exception {
            super(root);
            site.faulty.get(1).goAway();
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            push(state(disk), FIRST);
        }

        private void push(LocalState state, String name) throws Exception {
            new WalPush(
                            site.vaults,
                            1,
                            state,
                            SeveralVaults.ZSTD,
                            LookAheadLimits.of(8, 1),
                            site.heard,
                            64 << 20,
                            Duration.ofSeconds(20))
                    .push(Path.of("pg_wal", name), site.data);
        }

        @Override
        public void check(boolean returned) throws Exception {
            if (returned) {
                assertThat(site.has(1, FIRST)).isTrue();
                hasOrIsOwed(FIRST);
            }
            // an acknowledgement that is left must be true
            for (String name : List.of(SECOND, FIRST)) {
                push(site.state, name);
                assertThat(site.has(1, name)).isTrue();
                hasOrIsOwed(name);
            }
        }
    }

    private static final class Paying extends OnTwoVaults {
        Paying(Path root) throws Exception {
            super(root);
            site.faulty.get(1).goAway();
            site.push(1, FIRST);
            site.push(1, SECOND);
            site.faulty.get(1).comeBack();
            site.later();
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            new CatchUp(site.vaults, state(disk).vaults(), site.heard, new Cancellation()).all(SeveralVaults.KEYS);
        }

        @Override
        public void check(boolean returned) throws Exception {
            hasOrIsOwed(FIRST);
            hasOrIsOwed(SECOND);
            new CatchUp(site.vaults, site.state.vaults(), site.heard, new Cancellation()).all(SeveralVaults.KEYS);
            assertThat(site.has(2, FIRST) && site.has(2, SECOND)).isTrue();
            assertThat(site.debts(2)).isEmpty();
        }
    }

    private static final class SettingAside extends OnTwoVaults {
        SettingAside(Path root) throws Exception {
            super(root);
            site.state.vaults().debts().record(second(), SeveralVaults.KEYS, WalFile.parse(FIRST));
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            var reason = Fault.of(ErrorCode.CONFLICT, REASON).integrity();
            state(disk).vaults().debts().setAside(second(), SeveralVaults.KEYS, WalFile.parse(FIRST), reason);
        }

        @Override
        public void check(boolean returned) throws Exception {
            hasOrIsOwed(FIRST);
            if (returned || site.debts(2).isEmpty()) {
                assertThat(site.setAside(2)).containsExactly(new Debts.Failed(FIRST, REASON));
            }
        }
    }

    private static final class TakingUp extends OnTwoVaults {
        TakingUp(Path root) throws Exception {
            super(root);
            Debts debts = site.state.vaults().debts();
            var reason = Fault.of(ErrorCode.CONFLICT, REASON).integrity();
            debts.setAside(second(), SeveralVaults.KEYS, WalFile.parse(FIRST), reason);
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            state(disk).vaults().debts().takeUpAgain(second(), SeveralVaults.KEYS);
        }

        @Override
        public void check(boolean returned) throws Exception {
            hasOrIsOwed(FIRST);
            if (returned) {
                assertThat(site.debts(2)).contains(FIRST);
            }
        }
    }

    /** Nothing is promised of what lies at {@code %p}, so no later call takes it for the segment. */
    private static final class Getting extends OnTwoVaults {
        private final Path destination;

        Getting(Path root) throws Exception {
            super(root);
            destination = Files.createDirectories(root.resolve("pg_wal")).resolve("RECOVERYXLOG");
            site.push(2, FIRST);
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            get(state(disk));
        }

        private void get(LocalState state) throws Exception {
            List<WalGet.Source> sources = site.vaults.stream()
                    .map(vault -> new WalGet.Source(vault, () -> vault.open().of(Vaults.SYSTEM)))
                    .toList();
            new WalGet(Duration.ZERO, state, site.time, site.time, site.heard)
                    .get(WalFile.parse(FIRST), Handover.at(destination), sources);
        }

        @Override
        public void check(boolean returned) throws Exception {
            get(site.state);
            assertThat(destination)
                    .hasSameBinaryContentAs(site.data.resolve("pg_wal").resolve(FIRST));
        }
    }
}
