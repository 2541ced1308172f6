package dev.walvault.store.fs;

import dev.walvault.host.Disk;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the files and directories of a store are made: the group may read them, and no one else. */
final class NewFiles {
    private NewFiles() {}

    /** Makes {@code directory} and the parents that it lacks, down from {@code floor}, which is never made. */
    static void createDirectories(Disk disk, Path directory, @Nullable Path floor) throws IOException {
        if (directory.equals(floor) || Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent == null) {
            return;
        }
        createDirectories(disk, parent, floor);
        try {
            disk.createDirectory(directory, directoryMode());
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    static FileAttribute<Set<PosixFilePermission>> fileMode() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
    }

    private static FileAttribute<Set<PosixFilePermission>> directoryMode() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---"));
    }
}
