package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pipe.ContentDigest;
import dev.walvault.pipe.Unsealed;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberVault;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Explains why a file was refused: who wrote the stored one, when, and where the two first differ. */
record ConflictReport(
        MemberVault member, WalFile file, Inspection stored, Optional<ContentDigest> recorded, ContentDigest local) {

    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }

    IntegrityException with(Opener localContent) throws IOException {
        String writer = stored.meta()
                .map(meta -> "stored by host \"" + meta.stamp().host() + "\" at "
                        + meta.stamp().time() + " (walvault " + meta.stamp().version() + ")")
                .orElse("stored by somebody unknown");
        String digests = recorded.map(digest -> "stored " + text(digest) + ", this one " + text(local))
                .orElse("this one " + text(local));
        return Fault.of(
                        ErrorCode.CONFLICT,
                        "\"" + file.name() + "\" is in the vault already, with other content; nothing was overwritten")
                .detail(writer + "; " + digests + "; " + difference(localContent))
                .hint(
                        "Two servers may be writing one timeline: a restored or promoted copy, or a server started from an"
                                + " old copy of its files. Stop the one that should not archive. Object: \""
                                + member.wal().locationOf(file) + "\".")
                .integrity();
    }

    private static String text(ContentDigest digest) {
        return digest.length() + " bytes with XXH64 " + digest.hex();
    }

    private String difference(Opener localContent) throws IOException {
        try (Unsealed unsealed = member.wal().open(file).orElse(null)) {
            if (unsealed == null) {
                return "the stored one is gone by now";
            }
            try (InputStream ours = new BufferedInputStream(localContent.open(), 1 << 16);
                    InputStream theirs = new BufferedInputStream(unsealed.content(), 1 << 16)) {
                return describe(firstDifference(ours, theirs));
            }
        } catch (ArchiverException e) {
            return "where they differ cannot be told here: " + e.getMessage();
        }
    }

    private String describe(long offset) throws ArchiverException {
        String at = "they first differ at byte " + offset;
        if (file instanceof WalFile.Segment segment) {
            WalSegmentSize size = member.requireIdentity().segmentSize();
            at += ", WAL location " + segment.toWalSegment(size).startLsn(size).plus(offset);
        }
        if (recorded.isPresent() && offset == Math.min(recorded.get().length(), local.length())) {
            at += ", where the shorter one ends";
        }
        return at;
    }

    private static long firstDifference(InputStream a, InputStream b) throws IOException {
        for (long offset = 0; ; offset++) {
            int x = a.read();
            if (x != b.read() || x < 0) {
                return offset;
            }
        }
    }
}
