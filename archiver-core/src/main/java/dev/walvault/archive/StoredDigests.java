package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.pg.WalFile;
import dev.walvault.pipe.ContentDigest;
import dev.walvault.vault.MemberVault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Digests of the bytes that this host has stored lately, as they were when it sealed them. A host that cannot open what it
 * stores has nothing else to tell by whether they are still the same. A digest that is lost or cannot be written is as none.
 * For several processes.
 */
final class StoredDigests {
    /** Files; a new one takes the place of an old one. A server asks again for what it had stored last. */
    private static final int KEPT = 512;

    private final Path directory;

    private final Predicate<Path> own;

    /** @param own whether only this user can have written a file and put it there */
    StoredDigests(Path directory, Predicate<Path> own) {
        this.directory = directory;
        this.own = own;
    }

    void remember(MemberVault member, WalFile file, ContentDigest stored) {
        try {
            StateFiles.note(place(member, file), String.join("\n", key(member, file), text(stored), ""));
        } catch (IOException _) {
            // then a repeated push compares less
        }
    }

    Optional<ContentDigest> find(MemberVault member, WalFile file) {
        Path place = place(member, file);
        if (!own.test(place)) {
            return Optional.empty();
        }
        try {
            List<String> lines = List.of(Files.readString(place).split("\n", -1));
            if (lines.size() != 3 || !lines.getFirst().equals(key(member, file))) {
                return Optional.empty();
            }
            String[] digest = lines.get(1).split(" ", -1);
            return Optional.of(ContentDigest.of(Long.parseLong(digest[0]), digest[1]));
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }

    private static String text(ContentDigest digest) {
        return digest.length() + " " + digest.hex();
    }

    private static String key(MemberVault member, WalFile file) {
        return member.vault().id() + " " + member.keys().wal(file);
    }

    private Path place(MemberVault member, WalFile file) {
        String hash = ContentDigest.of(key(member, file).getBytes(UTF_8)).hex();
        long slot = Long.remainderUnsigned(Long.parseUnsignedLong(hash, 16), KEPT);
        return directory.resolve(Long.toString(slot));
    }
}
