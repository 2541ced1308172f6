package dev.walvault.store.fs;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.Disk;
import dev.walvault.host.Durability;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.Upload;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file in the making, beside the place where its name will be linked: write, sync, link, unlink the temporary name,
 * sync the directory.
 */
final class FsUpload implements Upload {
    private static final String SUFFIX = ".tmp";
    /** With this much of the name, dots, 16 digits and suffix stay below the 255 bytes that a name may have. */
    private static final int NAME_LENGTH = 200;
    /** Somebody may remove the empty directory, or delete the existing object, just now; nobody does so for ever. */
    private static final int ATTEMPTS = 100;

    private final FsRoot root;
    private final Disk disk;
    private final Durability durability;
    private final String url;
    private final Path target;
    private final Path directory;
    private final Path temporary;
    private final FileChannel channel;
    private final Body body = new Body();
    private final OutputStream limitedBody;
    private boolean over;
    private boolean linked;

    FsUpload(FsRoot root, Disk disk, Durability durability, Bandwidth writes, ObjectKey key) throws ArchiverException {
        this.root = root;
        this.limitedBody = writes.limit(body);
        this.disk = disk;
        this.durability = durability;
        this.url = root.urlOf(key);
        this.target = root.pathOf(key);
        this.directory = target.resolveSibling("");
        try {
            Opened opened = open();
            this.temporary = opened.path();
            this.channel = opened.channel();
        } catch (IOException e) {
            throw root.obstacleOnTheWayTo(target)
                    .<ArchiverException>map(obstacle -> root.obstructed(target, obstacle))
                    .orElseGet(() -> failed("create", e));
        }
    }

    /** Whether a writer that died may have left this file. */
    static boolean isTemporary(String fileName) {
        return fileName.startsWith(".") && fileName.endsWith(SUFFIX);
    }

    private record Opened(Path path, FileChannel channel) {}

    private Opened open() throws IOException {
        String name = String.valueOf(target.getFileName());
        String start = "." + name.substring(0, Math.min(name.length(), NAME_LENGTH)) + ".";
        for (int attempt = 1; ; attempt++) {
            String random = String.format("%016x", ThreadLocalRandom.current().nextLong());
            Path path = directory.resolve(start + random + SUFFIX);
            try {
                NewFiles.createDirectories(disk, directory, root.directory());
                var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                return new Opened(path, disk.open(path, options, NewFiles.fileMode()));
            } catch (NoSuchFileException | FileAlreadyExistsException e) {
                root.requireMounted();
                if (attempt == ATTEMPTS || root.obstacleOnTheWayTo(target).isPresent()) {
                    throw e;
                }
            }
        }
    }

    @Override
    public OutputStream body() {
        return limitedBody;
    }

    long bytesWritten() {
        return body.count;
    }

    @Override
    public CreateOutcome commit() throws ArchiverException {
        if (over) {
            throw new IllegalStateException("the upload of \"" + url + "\" is over");
        }
        body.drain();
        over = true;
        try {
            try {
                disk.force(channel);
                channel.close();
            } catch (IOException e) {
                throw failed("write", e);
            }
            CreateOutcome outcome = link();
            linked = true;
            discard();
            if (outcome == CreateOutcome.CREATED) {
                try {
                    durability.ofNamesIn(directory, root.directory());
                } catch (IOException e) {
                    throw failed("make durable", e);
                }
            }
            return outcome;
        } finally {
            discard();
        }
    }

    private CreateOutcome link() throws ArchiverException {
        for (int attempt = 1; ; attempt++) {
            try {
                disk.createLink(target, temporary);
                return CreateOutcome.CREATED;
            } catch (UnsupportedOperationException e) {
                throw FsStore.noHardLinks(root.location(), e);
            } catch (IOException e) {
                // NFS: the server did it, its answer was lost, and the second request saw the work of the first
                if (isLinked()) {
                    return CreateOutcome.CREATED;
                }
                if (!(e instanceof FileAlreadyExistsException)) {
                    throw linkRefused(e);
                }
                if (isObstructed()) {
                    throw root.obstructed(target, target);
                }
                if (isDurable()) {
                    return CreateOutcome.ALREADY_THERE;
                }
                if (attempt == ATTEMPTS) {
                    throw failed("create", e);
                }
            }
        }
    }

    /** Whether something is there that is no object: it must not be opened, for a FIFO would never let go. */
    private boolean isObstructed() {
        return (Files.isSymbolicLink(target) && Files.notExists(target))
                || FsRoot.isThere(target, file -> !file.isRegularFile());
    }

    /** The object of the other writer: {@code false} if it was deleted meanwhile. */
    private boolean isDurable() throws ArchiverException {
        try {
            return durability.ofFileIfThere(target, root.directory());
        } catch (AccessDeniedException e) {
            throw Fault.of(ErrorCode.STORE_OBSTRUCTED, "could not create \"" + url + "\": a file of this name is there")
                    .detail("This user may not read it, so it is not known what it is.")
                    .hint("Let the user that runs walvault read it, or find out who made it.")
                    .cause(e)
                    .store();
        } catch (IOException e) {
            throw failed("make durable", e);
        }
    }

    private boolean isLinked() {
        try {
            Object found =
                    Files.readAttributes(target, BasicFileAttributes.class).fileKey();
            Object ours =
                    Files.readAttributes(temporary, BasicFileAttributes.class).fileKey();
            return ours != null && ours.equals(found);
        } catch (IOException e) {
            return false;
        }
    }

    private ArchiverException linkRefused(IOException e) {
        return switch (FsErrors.reason(e)) {
            case "operation not permitted", "operation not supported", "function not implemented" ->
                FsStore.noHardLinks(root.location(), e);
            default -> failed("create", e);
        };
    }

    private ArchiverException failed(String what, IOException e) {
        return FsErrors.translate("could not " + what + " \"" + url + "\"", root.directory(), e);
    }

    @Override
    public void close() {
        over = true;
        discard();
        if (!linked) {
            root.removeEmptyDirectories(temporary);
        }
    }

    /** What cannot be removed now is removed by {@link FsStore#discardAbandonedUploads}. */
    private void discard() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing of it is wanted
        }
        try {
            disk.delete(temporary);
        } catch (IOException e) {
            // invisible to readers
        }
    }

    /** Gathers small writes; large ones go to the file from where they lie, in pieces. */
    private final class Body extends OutputStream {
        /** Also the most that one write hands to the JDK, which copies each into off-heap memory of that size. */
        private static final int PIECE = 256 * 1024;

        private @Nullable ByteBuffer gathered;
        private long count;
        private @Nullable ArchiverException broken;

        @Override
        public void write(int b) throws ArchiverException {
            requireOpen();
            ByteBuffer buffer = buffer();
            buffer.put((byte) b);
            count++;
            if (!buffer.hasRemaining()) {
                drain();
            }
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws ArchiverException {
            requireOpen();
            if (length >= PIECE / 4) {
                drain();
                for (int at = 0; at < length; at += PIECE) {
                    writeOut(ByteBuffer.wrap(bytes, from + at, Math.min(PIECE, length - at)));
                }
                count += length;
                return;
            }
            ByteBuffer buffer = buffer();
            if (buffer.remaining() < length) {
                drain();
            }
            buffer.put(bytes, from, length);
            count += length;
        }

        private ByteBuffer buffer() {
            if (gathered == null) {
                gathered = ByteBuffer.allocate(PIECE);
            }
            return gathered;
        }

        /** Leaves the buffer alone: nobody can see the file, so there is no hurry. */
        @Override
        public void flush() {}

        @Override
        public void close() throws ArchiverException {
            drain();
        }

        void drain() throws ArchiverException {
            requireSound();
            // a stream on top may close this one once more after the commit
            if (gathered != null && gathered.position() > 0) {
                writeOut(gathered.flip());
                gathered.clear();
            }
        }

        private void writeOut(ByteBuffer piece) throws ArchiverException {
            try {
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            } catch (IOException e) {
                broken = failed("write", e);
                throw broken;
            }
        }

        private void requireOpen() throws ArchiverException {
            requireSound();
            if (over) {
                throw new IllegalStateException("the upload of \"" + url + "\" is over");
            }
        }

        private void requireSound() throws ArchiverException {
            if (broken != null) {
                throw broken;
            }
        }
    }
}
