package dev.walvault.vault;

import dev.walvault.store.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * What this host remembers of one vault's write-once documents, so that not every segment costs two requests more. They
 * never change; only another vault in the same place could make a memory wrong, therefore it fades. It is never a proof
 * that the vault is there. A memory that cannot be written or read is no error: the vault is asked.
 */
public final class DocumentMemory {
    private static final Duration FADES_AFTER = Duration.ofMinutes(10);

    private final Optional<Path> directory;
    private final InstantSource clock;

    private DocumentMemory(Optional<Path> directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** Remembers nothing: for stores where asking is free. */
    public static DocumentMemory none() {
        return new DocumentMemory(Optional.empty(), InstantSource.system());
    }

    /**
     * Remembers in files below {@code directory}, which belongs to one vault alone and is made when it is needed.
     * Whoever can write there can mislead this host about its vault.
     */
    public static DocumentMemory in(Path directory, InstantSource clock) {
        return new DocumentMemory(Optional.of(directory), clock);
    }

    Optional<byte[]> recall(ObjectKey key) {
        if (directory.isEmpty()) {
            return Optional.empty();
        }
        Path file = fileOf(directory.get(), key);
        try {
            Instant since = Files.getLastModifiedTime(file).toInstant();
            Instant now = clock.instant();
            boolean fresh = !since.isAfter(now) && since.plus(FADES_AFTER).isAfter(now);
            return fresh ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException _) {
            // not remembered
            return Optional.empty();
        }
    }

    void remember(ObjectKey key, byte[] document) {
        if (directory.isEmpty()) {
            return;
        }
        Path file = fileOf(directory.get(), key);
        try {
            Path parent = Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Path temporary = Files.createTempFile(parent, ".new-", "");
            try {
                Files.write(temporary, document);
                Files.setLastModifiedTime(temporary, FileTime.from(clock.instant()));
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException _) {
            // the next call asks the vault
        }
    }

    void forget(ObjectKey key) {
        if (directory.isPresent()) {
            try {
                Files.deleteIfExists(fileOf(directory.get(), key));
            } catch (IOException _) {
                // it fades
            }
        }
    }

    private static Path fileOf(Path directory, ObjectKey key) {
        return directory.resolve(key.value());
    }
}
