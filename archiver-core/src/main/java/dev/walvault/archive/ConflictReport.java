package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.Timestamps;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.ObjectMeta;
import dev.walvault.seal.Unsealed;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Signer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Explains why a file was refused: who wrote and signed the stored one, when, and where the two first differ. */
record ConflictReport(
        MemberVault member, WalFile file, Inspection stored, Optional<Signer> signer, ContentDigest local) {

    private static final String ANOTHERS =
            "Two servers may be writing one timeline: a restored or promoted copy, or a server started from an old copy of"
                    + " its files. Stop the one that should not archive. If the vault has its WAL, see \"Another server"
                    + " archived first\" in docs/RUNBOOK.md.";

    private static final String OURS =
            "This host stored it. Either a second server here writes this timeline: stop the one that should not archive."
                    + " Or somebody stored the segment by hand before the server had finished it: then remove the object,"
                    + " and the next attempt stores it as it is now.";

    /** Looks at who has signed what is stored. */
    static ConflictReport of(MemberVault member, WalFile file, Inspection stored, ContentDigest local) {
        return new ConflictReport(member, file, stored, signer(member, file), local);
    }

    /** Empty where that cannot be told: a refusal is not hidden by a failure to explain it. */
    private static Optional<Signer> signer(MemberVault member, WalFile file) {
        try {
            return member.wal().signer(file);
        } catch (ArchiverException _) {
            return Optional.empty();
        }
    }

    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }

    IntegrityException with(Opener localContent) throws IOException {
        return Fault.of(
                        ErrorCode.CONFLICT,
                        "\"" + file.name() + "\" is in the vault already, with other content; nothing was overwritten")
                .detail(writer() + "; " + digests() + "; " + difference(localContent))
                .hint((isOurs() ? OURS : ANOTHERS) + " Object: \""
                        + member.wal().locationOf(file) + "\".")
                .integrity();
    }

    /**
     * The same of an object that cannot be used, or is not believed: only a person may decide to remove it.
     *
     * @param damage CORRUPT
     */
    IntegrityException unusable(ArchiverException damage) {
        String remove = "remove the object \"" + member.wal().locationOf(file) + "\": the next attempt stores \""
                + file.name() + "\" again.";
        return Fault.of(ErrorCode.CORRUPT, String.valueOf(damage.getMessage()))
                .detail(damage.detail().map(detail -> detail + "; ").orElse("")
                        + (stored.meta().isEmpty() ? "nobody can tell what it was" : writer() + "; " + digests()))
                .hint(damage.hint()
                        .map(hint -> hint + " If no server of yours stored it, " + remove)
                        .orElse("If nothing else wrote it, " + remove))
                .cause(damage)
                .integrity();
    }

    private Optional<ContentDigest> recorded() {
        return stored.meta().flatMap(ObjectMeta::digest);
    }

    private boolean isOurs() {
        return stored.meta()
                        .map(meta -> meta.stamp().host())
                        .equals(Optional.of(member.author().stamp().host()))
                && signer.filter(Signer::another).isEmpty();
    }

    private String writer() {
        String signed = signer.map(found -> ", " + found.text()).orElse("");
        return stored.meta()
                        .map(ObjectMeta::stamp)
                        .map(by -> "stored by " + (isOurs() ? "this host \"" : "host \"") + by.host() + "\" at "
                                + Timestamps.text(by.time()) + age(by.time()) + " (walvault " + by.version() + ")")
                        .orElse("stored by somebody unknown")
                + signed;
    }

    private String digests() {
        return recorded()
                .map(digest -> "stored " + text(digest) + ", this one " + text(local))
                .orElse("this one " + text(local));
    }

    /** Empty where the clocks disagree. */
    private String age(Instant written) {
        Duration age = Duration.between(written, member.author().clock().instant());
        if (age.isNegative()) {
            return "";
        }
        if (age.toMinutes() < 2) {
            return ", " + age.toSeconds() + " s ago";
        }
        return age.toHours() < 2 ? ", " + age.toMinutes() + " min ago" : ", " + age.toHours() + " h ago";
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
        if (recorded().isPresent() && offset == Math.min(recorded().get().length(), local.length())) {
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
