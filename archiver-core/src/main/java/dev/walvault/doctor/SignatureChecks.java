package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.IntegrityException;
import dev.walvault.OwnLine;
import dev.walvault.ShellWord;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** By what this host signs, and whether it believes those who have written last. */
final class SignatureChecks {
    private final TrustedWriters trusted;
    private final Optional<Path> keyFile;
    private final Optional<Present> present;

    /** {@code keyFile}: as it is configured, whether it is there or not. */
    SignatureChecks(TrustedWriters trusted, Optional<Path> keyFile, Optional<Present> present) {
        this.trusted = trusted;
        this.keyFile = keyFile;
        this.present = present;
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

    /** Those of the newest WAL on the way to the present, and of the newest backup. */
    private Finding writers(String check) throws ArchiverException {
        if (present.isEmpty()) {
            return Finding.skipped(check, "the system is not known");
        }
        var newest = new Newest(present.get());
        newest.wal();
        newest.backup();
        if (!newest.refused.isEmpty()) {
            return Finding.failed(check, newest.refused.getFirst());
        }
        return newest.writers.isEmpty()
                ? Finding.skipped(check, "there is neither WAL nor a backup in the vault yet")
                : Finding.ok(check, newest.described());
    }

    /** What was stored last, and who has signed it. */
    private final class Newest {
        private final Present seen;
        private final MemberVault vault;

        /** By what was looked at; empty if nobody has signed it. */
        private final Map<String, Optional<String>> writers = new LinkedHashMap<>();

        private final List<ArchiverException> refused = new ArrayList<>();

        Newest(Present seen) {
            this.seen = seen;
            this.vault = seen.member();
        }

        void wal() throws ArchiverException {
            Optional<WalFile.Segment> last = seen.newest();
            if (last.isPresent()) {
                look(
                        "the newest WAL",
                        () -> vault.wal().writer(last.get()),
                        () -> vault.wal().inspect(last.get()).flatMap(Inspection::damage));
            }
        }

        void backup() throws ArchiverException {
            for (BackupId id : vault.backups().ids().reversed()) {
                if (vault.backups().isComplete(id)) {
                    look("the newest backup", () -> vault.backups().writer(id), () -> {
                        vault.backups().find(id);
                        return Optional.empty();
                    });
                    return;
                }
            }
        }

        private void look(String what, Question<String> writer, Question<ArchiverException> damage)
                throws ArchiverException {
            try {
                writers.put(what, writer.ask().map(this::shown));
                damage.ask().ifPresent(refused::add);
            } catch (IntegrityException e) {
                refused.add(e);
            }
        }

        private String shown(String key) {
            return trusted.find(key).map(TrustedWriter::shown).orElse(key);
        }

        /** What has the same writer is said together. */
        String described() {
            var byWriter = new LinkedHashMap<Optional<String>, List<String>>();
            writers.forEach((what, writer) ->
                    byWriter.computeIfAbsent(writer, _ -> new ArrayList<>()).add(what));
            String who = byWriter.entrySet().stream()
                    .map(each -> String.join(" and ", each.getValue())
                            + (each.getValue().size() == 1 ? " is " : " are ")
                            + each.getKey().map(writer -> "signed by " + writer).orElse("not signed"))
                    .collect(Collectors.joining(", "));
            boolean signed = writers.values().stream().anyMatch(Optional::isPresent);
            return who
                    + (signed && trusted.areEverybody()
                            ? "; to believe nobody else, set trust.writers on each host that restores"
                            : "");
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        Optional<T> ask() throws ArchiverException;
    }
}
