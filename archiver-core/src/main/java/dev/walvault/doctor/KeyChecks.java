package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.FileTrouble;
import dev.walvault.KeyException;
import dev.walvault.OwnLine;
import dev.walvault.Presence;
import dev.walvault.ShellWord;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.Identities;
import dev.walvault.seal.Sealer;
import dev.walvault.seal.Unsealed;
import dev.walvault.seal.Unsealer;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Author;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether this host's keys do what is expected of them. */
final class KeyChecks {
    private static final Compression FAST = new Compression(Codec.ZSTD, 1);

    private final Vault vault;
    private final Keyring keyring;
    private final List<Path> identityFiles;
    private final Probes probes;
    private final Author author;

    KeyChecks(Vault vault, Keyring keyring, List<Path> identityFiles, Probes probes, Author author) {
        this.vault = vault;
        this.keyring = keyring;
        this.identityFiles = List.copyOf(identityFiles);
        this.probes = probes;
        this.author = author;
    }

    List<Check> all(Optional<Present> present) {
        return List.of(
                new Check("keys", this::keys),
                new Check("identity files", this::files),
                new Check("stored WAL", check -> storedWal(check, present)));
    }

    private Finding keys(String check) throws ArchiverException {
        if (!vault.encrypted()) {
            return keyring.recipients().isEmpty()
                    ? Finding.ok(check, "the vault is not encrypted, and no recipients are configured")
                    : Finding.failed(
                            check,
                            ErrorCode.KEY_INVALID,
                            "the vault is not encrypted, but recipients are configured",
                            "Remove encryption.recipients, or create another vault with them.");
        }
        if (keyring.recipients().isEmpty()) {
            return Finding.failed(
                    check,
                    ErrorCode.KEY_MISSING,
                    "the vault is encrypted, and this host knows nobody to encrypt for",
                    "Set encryption.recipients to the public keys that \"walvault keygen\" printed.");
        }
        return roundTrip(check);
    }

    private Finding roundTrip(String check) throws ArchiverException {
        byte[] content = probes.content(1024);
        ObjectKey key = probes.key("sealed");
        int recipients = keyring.recipients().texts().size();
        try {
            var sealed = new Sealer(FAST, keyring.recipients())
                    .seal(key.name(), author.stamp(), new ByteArrayInputStream(content), content.length, 1);
            vault.store().createIfAbsent(key, sealed.content());
            byte[] stored = Probes.read(vault.store(), key).orElse(new byte[0]);
            if (!Unsealer.peek(new ByteArrayInputStream(stored), key.name()).encrypted()) {
                return StoreChecks.unfit(check, "what was encrypted is stored unencrypted", "Report this.");
            }
            if (keyring.identities().isEmpty()) {
                return Finding.ok(
                        check,
                        "encrypts to " + recipients
                                + " recipients; no identity on this host, as it should be on a database host");
            }
            try (Unsealed unsealed =
                    new Unsealer(keyring.identities(), false).open(new ByteArrayInputStream(stored), key.name())) {
                boolean same = Arrays.equals(content, unsealed.content().readAllBytes());
                return same
                        ? Finding.ok(
                                check,
                                "encrypts to " + recipients + (recipients == 1 ? " recipient" : " recipients")
                                        + ", and decrypts again")
                        : StoreChecks.unfit(check, "other bytes came back than were encrypted", "Report this.");
            }
        } catch (KeyException e) {
            return Finding.failed(
                    check,
                    e.code(),
                    "the identities of this host do not open what it encrypts: "
                            + e.detail().orElse(String.valueOf(e.getMessage())),
                    "Set encryption.identity_files to the identity of one of encryption.recipients, or leave it out on"
                            + " a host that only stores.");
        } catch (IOException e) {
            throw Probes.unreadable(key, e);
        }
    }

    private Finding files(String check) {
        List<Path> readable = Identities.worldReadable(identityFiles);
        if (!readable.isEmpty()) {
            return Finding.warning(
                    check,
                    "others than their owner can read " + quoted(readable),
                    "Keep them from the others:"
                            + readable.stream()
                                    .map(file -> OwnLine.of("chmod 600 " + ShellWord.of(file)))
                                    .collect(Collectors.joining()));
        }
        var absent = new ArrayList<Path>();
        for (Path file : identityFiles) {
            try {
                if (!Presence.exists(file)) {
                    absent.add(file);
                }
            } catch (IOException e) {
                return Finding.warning(
                        check,
                        quoted(List.of(file)) + " cannot be read: " + FileTrouble.reason(e),
                        "Let this user read it, or correct encryption.identity_files.");
            }
        }
        if (!absent.isEmpty()) {
            return Finding.warning(
                    check,
                    quoted(absent) + " is not there",
                    "Bring it before a restore on this host; or leave encryption.identity_files out on a host that only"
                            + " stores.");
        }
        return identityFiles.isEmpty()
                ? Finding.ok(check, "none are configured")
                : Finding.ok(check, "only their owner can read them");
    }

    private static String quoted(List<Path> files) {
        return "\"" + String.join("\", \"", files.stream().map(Path::toString).toList()) + "\"";
    }

    /** The newest segment has to open with today's identities; what only a lost key opens may lie on other branches. */
    private Finding storedWal(String check, Optional<Present> present) throws ArchiverException {
        if (present.isEmpty()) {
            return Finding.skipped(check, "the system is not known");
        }
        MemberVault member = present.get().member();
        Optional<WalFile.Segment> newest = present.get().newest();
        if (newest.isEmpty()) {
            return Finding.skipped(check, "there is no WAL in the vault yet");
        }
        if (vault.encrypted() && keyring.identities().isEmpty()) {
            return Finding.skipped(check, "\"" + newest.get().name() + "\" is there; to open it takes an identity");
        }
        Optional<Unsealed> opened = member.wal().open(newest.get());
        if (opened.isPresent()) {
            try {
                opened.get().close();
            } catch (IOException e) {
                throw Probes.unreadable(member.keys().wal(newest.get()), e);
            }
        }
        return Finding.ok(check, "\"" + newest.get().name() + "\" opens");
    }
}
