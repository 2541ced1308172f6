package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.LockException;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Pause;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Digester;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.WalProof;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Waits until a segment is in the vault, and proves that it is the right one. */
public final class WalWait {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** So long an operator wonders about nothing. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private final MemberVault member;
    private final ArchiverWatch archiver;
    private final InstantSource clock;
    private final Pause pause;
    private final Cancellation cancellation;
    private final Listener listener;
    private boolean told;

    /** Ends early when the archiver does nothing but fail; {@code listener} is told once what a long wait is for. */
    public WalWait(
            MemberVault member,
            ArchiverWatch archiver,
            InstantSource clock,
            Pause pause,
            Cancellation cancellation,
            Listener listener) {
        this.member = member;
        this.archiver = archiver;
        this.clock = clock;
        this.pause = pause;
        this.cancellation = cancellation;
        this.listener = listener;
    }

    /**
     * Returns when the segment is stored and proven.
     *
     * @param walDirectory the server's {@code pg_wal}: the digest of what is stored is compared with the segment there,
     *     as long as the server keeps it
     * @throws LockException TIMED_OUT at {@code deadline}
     * @throws dev.walvault.IntegrityException CORRUPT if what is stored is not sound, or not the server's
     * @throws dev.walvault.PostgresException POSTGRES_SETTINGS if the archiver has failed again and again, and never
     *     succeeded
     */
    public WalProof await(WalFile.Segment segment, Path walDirectory, Instant deadline) throws ArchiverException {
        Duration wait = FIRST_PAUSE;
        Instant patient = clock.instant().plus(SILENCE);
        while (true) {
            cancellation.check();
            Optional<Inspection> stored = member.wal().inspect(segment);
            if (stored.isPresent()) {
                return prove(segment, stored.get(), walDirectory);
            }
            if (clock.instant().isAfter(deadline)) {
                throw timedOut(segment);
            }
            archiver.look();
            if (!told && clock.instant().isAfter(patient)) {
                told = true;
                listener.on(new BackupEvent.WalLate(segment, archiver.trouble()));
            }
            pause.sleep(wait);
            wait = wait.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait.multipliedBy(2);
        }
    }

    private WalProof prove(WalFile.Segment segment, Inspection stored, Path walDirectory) throws ArchiverException {
        if (stored.damage().isPresent()) {
            throw stored.damage().get();
        }
        // sound, it may still be another server's that has this one's configuration
        Optional<ContentDigest> local = digest(walDirectory.resolve(segment.name()));
        Optional<ContentDigest> recorded = stored.meta().flatMap(meta -> meta.digest());
        // gone by now: the server was about to write over what was read
        if (local.isPresent() && !local.equals(recorded) && Files.exists(walDirectory.resolve(segment.name()))) {
            throw Fault.of(
                            ErrorCode.CORRUPT,
                            "\"" + segment.name() + "\" in the vault is not the one in \"" + walDirectory + "\"")
                    .detail("stored " + recorded.map(ContentDigest::hex).orElse("nothing known") + ", local "
                            + local.get().hex())
                    .hint(
                            "Another server may archive as this cluster and member. Give each server that is not a standby"
                                    + " of the other a cluster or member name of its own, and take the backup again.")
                    .integrity();
        }
        return stored.proof();
    }

    /** Empty if the server has recycled it. */
    private static Optional<ContentDigest> digest(Path file) throws ArchiverException {
        try (InputStream in = Files.newInputStream(file)) {
            var digester = new Digester();
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digester.update(buffer, 0, n);
            }
            return Optional.of(digester.result());
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw DataDirectoryWalk.unreadable(file.resolveSibling(""), file, e);
        }
    }

    private LockException timedOut(WalFile.Segment segment) throws ArchiverException {
        return Fault.of(ErrorCode.TIMED_OUT, "WAL segment \"" + segment.name() + "\" did not reach the vault in time")
                .detail(archiver.trouble())
                .hint("Look at the server's log and at pg_stat_archiver, and check that archive_command runs"
                        + " \"walvault archive-push\" with this configuration. PostgreSQL counts no failure of a command"
                        + " that cannot be run at all, which ends with 126 or 127.")
                .lock();
    }
}
