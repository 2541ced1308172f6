package dev.walvault.reach;

import dev.walvault.pg.Lsn;
import dev.walvault.vault.RestorePoint;
import java.time.Instant;
import java.util.Map;

/** Where recovery shall stop, with the settings by which the server is told. {@code toString} is for sentences. */
public sealed interface RecoveryTarget {
    /** The end of the WAL. */
    record Latest() implements RecoveryTarget {
        @Override
        public String toString() {
            return "the end of the WAL";
        }
    }

    /** The end of the backup, as soon as it is consistent. */
    record Immediate() implements RecoveryTarget {
        @Override
        public String toString() {
            return "the end of the backup";
        }
    }

    /** A restore point; its record is the last one that is replayed. */
    record AtName(String name) implements RecoveryTarget {
        public AtName {
            RestorePoint.requireName(name);
        }

        @Override
        public String toString() {
            return "restore point \"" + name + "\"";
        }
    }

    /** The last commit before a time; {@code inclusive}: or at it. The server counts microseconds. */
    record AtTime(Instant time, boolean inclusive) implements RecoveryTarget {
        /** The time as the server is told it, to the microsecond and with its zone. */
        public String text() {
            return TargetSettings.text(time);
        }

        @Override
        public String toString() {
            return "time " + text();
        }
    }

    /** Before the first record that begins at this position or later; {@code inclusive}: after it. */
    record AtLsn(Lsn lsn, boolean inclusive) implements RecoveryTarget {
        @Override
        public String toString() {
            return "LSN " + lsn;
        }
    }

    /** Before the end of a transaction; {@code inclusive}: after it. With or without its epoch. */
    record AtXid(long xid, boolean inclusive) implements RecoveryTarget {
        /** Below it are ids that no transaction has (FirstNormalTransactionId of {@code transam.h}). */
        private static final long FIRST_NORMAL = 3;

        public AtXid {
            if (xid < 0 || (xid & 0xFFFF_FFFFL) < FIRST_NORMAL) {
                throw new IllegalArgumentException("no transaction has the id " + xid);
            }
        }

        @Override
        public String toString() {
            return "transaction " + xid;
        }
    }

    /** Names and values of the server's settings, unquoted; none for {@link Latest}. */
    default Map<String, String> settings() {
        return switch (this) {
            case Latest _ -> Map.of();
            case Immediate _ -> Map.of("recovery_target", "immediate");
            case AtName at -> Map.of("recovery_target_name", at.name);
            case AtTime at -> TargetSettings.of("recovery_target_time", at.text(), at.inclusive);
            case AtLsn at -> TargetSettings.of("recovery_target_lsn", at.lsn.toString(), at.inclusive);
            // the server compares the lower half only
            case AtXid at ->
                TargetSettings.of("recovery_target_xid", String.valueOf(at.xid & 0xFFFF_FFFFL), at.inclusive);
        };
    }
}
