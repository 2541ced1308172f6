package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.IntegrityException;
import dev.walvault.OwnLine;
import dev.walvault.ShellWord;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Identities;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriter;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberVault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** By what this host signs, and whether it believes those who have written last. */
final class SignatureChecks {
    private final TrustedWriters trusted;
    private final Optional<Path> keyFile;
    private final Optional<MemberVault> member;

    /** {@code keyFile}: as it is configured, whether it is there or not. */
    SignatureChecks(TrustedWriters trusted, Optional<Path> keyFile, Optional<MemberVault> member) {
        this.trusted = trusted;
        this.keyFile = keyFile;
        this.member = member;
    }

    List<Check> all() {
        return List.of(new Check("signing key", this::signingKey), new Check("writers", this::writers));
    }

    private Finding signingKey(String check) throws ArchiverException {
        if (keyFile.isEmpty()) {
            return Finding.ok(check, "none is configured, so what this host stores is not signed");
        }
        SigningKey key = SigningKey.read(keyFile.get());
        if (!Identities.worldReadable(List.of(keyFile.get())).isEmpty()) {
            return Finding.warning(
                    check,
                    "others than its owner can read \"" + keyFile.get() + "\", and sign like this host",
                    "Keep it from the others:" + OwnLine.of("chmod 600 " + ShellWord.of(keyFile.get()))
                            + "\nIf they may have read it, make another one with \"walvault keygen --signing\".");
        }
        if (!trusted.areEverybody() && trusted.find(key.writer().text()).isEmpty()) {
            return Finding.warning(
                    check,
                    "this host signs by " + key.writer() + ", which it does not believe itself",
                    "Add this key to trust.writers, here and on each host that restores.");
        }
        return Finding.ok(check, "this host signs by " + key.writer());
    }

    /** Those of the newest WAL of each timeline, and of the newest backup. */
    private Finding writers(String check) throws ArchiverException {
        if (member.isEmpty()) {
            return Finding.skipped(check, "the system is not known");
        }
        var newest = new Newest(member.get());
        newest.wal();
        newest.backup();
        if (!newest.refused.isEmpty()) {
            return Finding.failed(check, newest.refused.getFirst());
        }
        String what = "the newest WAL and the newest backup ";
        if (newest.writers.isEmpty()) {
            return newest.unsigned
                    ? Finding.ok(check, what + "are not signed")
                    : Finding.skipped(check, "there is neither WAL nor a backup in the vault yet");
        }
        return Finding.ok(
                check,
                what + "are signed by " + String.join(", ", newest.writers)
                        + (newest.unsigned ? ", and some are not signed" : "")
                        + (trusted.areEverybody()
                                ? "; to believe nobody else, set trust.writers on each host that restores"
                                : ""));
    }

    /** What was stored last, and who has signed it. */
    private final class Newest {
        private final MemberVault vault;
        private final TreeSet<String> writers = new TreeSet<>();
        private boolean unsigned;
        private final List<ArchiverException> refused = new ArrayList<>();

        Newest(MemberVault vault) {
            this.vault = vault;
        }

        void wal() throws ArchiverException {
            for (TimelineId timeline : vault.wal().timelines()) {
                Optional<WalFile.Segment> last = vault.wal().lastSegment(timeline);
                if (last.isPresent()) {
                    look(
                            () -> vault.wal().writer(last.get()),
                            () -> vault.wal().inspect(last.get()).flatMap(Inspection::damage));
                }
            }
        }

        void backup() throws ArchiverException {
            for (BackupId id : vault.backups().ids().reversed()) {
                if (vault.backups().isComplete(id)) {
                    look(() -> vault.backups().writer(id), () -> {
                        vault.backups().find(id);
                        return Optional.empty();
                    });
                    return;
                }
            }
        }

        private void look(Question<String> writer, Question<ArchiverException> damage) throws ArchiverException {
            try {
                writer.ask().map(this::shown).ifPresentOrElse(writers::add, () -> unsigned = true);
                damage.ask().ifPresent(refused::add);
            } catch (IntegrityException e) {
                refused.add(e);
            }
        }

        private String shown(String key) {
            return trusted.find(key).map(TrustedWriter::shown).orElse(key);
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        Optional<T> ask() throws ArchiverException;
    }
}
