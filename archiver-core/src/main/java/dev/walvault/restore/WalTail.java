package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.StoreException;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Listener;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.Timestamps;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.wal.UnfinishedSegment;
import dev.walvault.seal.Unsealed;
import dev.walvault.seal.WriteStamp;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.MemberVaults;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The unfinished segment with which a line of WAL goes on behind its last finished one. The vault keeps it under a name
 * that no server asks for; in {@code pg_wal} under its own name a server reads it when the archive has no such segment.
 *
 * @param file its name in the vault
 * @param stamp who stored it, and when
 * @param end of its last whole record
 */
public record WalTail(WalFile.Partial file, WriteStamp stamp, Lsn end) {
    /** Of the content, or of what lies in its place and is no object. */
    private static final Set<ErrorCode> UNUSABLE = Set.of(ErrorCode.NOT_WAL, ErrorCode.STORE_OBSTRUCTED);

    private static final Comparator<WalTail> FURTHEST_FIRST = Comparator.comparing(WalTail::end)
            .thenComparing(tail -> tail.stamp().time())
            .reversed();

    private static final int PIECE = 1 << 16;

    /**
     * The tails of the line that a plan follows, the one that goes furthest first; none if there is none behind the
     * plan's WAL. Reads each content that the vault has of it; one that is damaged is left out with a warning.
     */
    public static List<WalTail> all(RestorePlan plan, MemberVaults vaults, Listener listener) throws ArchiverException {
        MemberVault together = vaults.together();
        var size = together.requireIdentity().segmentSize();
        WalFile.Segment segment =
                WalSegment.containing(plan.wal().upTo(), plan.timeline(), size).file(size);
        var tails = new ArrayList<WalTail>();
        for (WalFile.Partial file : together.wal().partials(segment)) {
            Optional<WalTail> tail = read(file, vaults, listener);
            if (tail.isPresent() && !tail.get().end().isBefore(plan.wal().upTo())) {
                tails.add(tail.get());
            } else if (tail.isPresent()) {
                listener.on(new RestoreEvent.TailTooShort(
                        file, tail.get().end(), plan.wal().upTo()));
            }
        }
        tails.sort(FURTHEST_FIRST);
        return tails;
    }

    /**
     * The one that goes furthest, of several that are the same as far as each goes.
     *
     * @param tails at least one, as {@link #all} returns them
     * @throws IntegrityException TARGET if two servers went on in different ways: nobody but the operator knows which
     *     is right
     */
    public static WalTail furthest(List<WalTail> tails, MemberVaults vaults) throws ArchiverException {
        WalTail furthest = tails.getFirst();
        for (WalTail other : tails.subList(1, tails.size())) {
            if (!furthest.beginsWith(other, vaults.together())) {
                throw Fault.of(ErrorCode.TARGET, "the vault has unfinished segments that differ")
                        .detail(tails.stream().map(WalTail::described).collect(Collectors.joining("\n")))
                        .hint("Choose one by its name, such as --with-tail="
                                + furthest.file().name() + ".")
                        .integrity();
            }
        }
        return furthest;
    }

    private String described() {
        return "\"" + file.name() + "\", stored by host \"" + stamp.host() + "\" at " + Timestamps.text(stamp.time())
                + ", goes on to " + end;
    }

    /** Whether this one has the same WAL up to the end of the other, which goes no further. */
    private boolean beginsWith(WalTail other, MemberVault vault) throws ArchiverException {
        long length = other.end.minus(other.begin(vault));
        try (Unsealed mine = open(file, vault);
                Unsealed others = open(other.file, vault)) {
            for (long left = length; left > 0; left -= PIECE) {
                int piece = (int) Math.min(left, PIECE);
                if (!Arrays.equals(
                        mine.content().readNBytes(piece), others.content().readNBytes(piece))) {
                    return false;
                }
            }
            return true;
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(other.file, e);
        }
    }

    private Lsn begin(MemberVault vault) throws ArchiverException {
        var size = vault.requireIdentity().segmentSize();
        return file.segment().toWalSegment(size).startLsn(size);
    }

    private static Optional<WalTail> read(WalFile.Partial file, MemberVaults vaults, Listener listener)
            throws ArchiverException {
        for (MemberVault vault : vaults.orders()) {
            try (Unsealed stored = open(file, vault)) {
                InputStream content = new BufferedInputStream(stored.content(), 1 << 16);
                Lsn end = UnfinishedSegment.endOf(file.segment(), content);
                content.transferTo(OutputStream.nullOutputStream()); // its end is its proof
                return Optional.of(new WalTail(file, stored.meta().stamp(), end));
            } catch (IOException e) {
                requireDamage(file, e);
                listener.on(new RestoreEvent.TailUnusable(file, e));
            }
        }
        return Optional.empty();
    }

    private static Unsealed open(WalFile.Partial file, MemberVault vault) throws ArchiverException {
        return vault.wal()
                .open(file)
                .orElseThrow(() -> Fault.of(ErrorCode.CORRUPT, "\"" + file.name() + "\" vanished from the vault")
                        .integrity());
    }

    /**
     * Another copy, or another content, may do where this one is damaged; anything else is not known to be better
     * there.
     */
    private static void requireDamage(WalFile.Partial file, IOException e) throws ArchiverException {
        if (e instanceof ArchiverException known) {
            if (!known.code().isOfOneCopy() && !UNUSABLE.contains(known.code())) {
                throw known;
            }
            return;
        }
        throw unreadable(file, e);
    }

    private static StoreException unreadable(WalFile.Partial file, IOException e) {
        return Fault.of(ErrorCode.STORE_UNREACHABLE, "could not read \"" + file.name() + "\"")
                .cause(e)
                .store();
    }

    /** Writes it under its own name into a new {@code pg_wal}; it is not durable when this returns. */
    void put(MemberVaults vaults, Path walDirectory) throws ArchiverException {
        Path place = walDirectory.resolve(file.segment().name());
        for (MemberVault vault : vaults.orders()) {
            try (Unsealed stored = open(file, vault)) {
                write(stored.content(), place);
                return;
            } catch (IOException e) {
                requireDamage(file, e);
            }
        }
        throw Fault.of(ErrorCode.CORRUPT, "\"" + file.name() + "\" is damaged in every vault")
                .hint("Restore without --with-tail: the line then ends before this segment.")
                .integrity();
    }

    private static void write(InputStream content, Path place) throws IOException {
        var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (FileChannel channel = FileChannel.open(place, options, ownerOnly)) {
            content.transferTo(Channels.newOutputStream(channel));
        } catch (ArchiverException e) {
            Files.deleteIfExists(place);
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("write", place, e);
        }
    }
}
