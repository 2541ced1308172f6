package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.HostException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Lines in a temporary file. It has no name any more once it is open, so nothing is left of it, whatever becomes of
 * this process. For one thread at a time.
 */
final class LineSpool implements AutoCloseable {
    private final Path directory;
    private final OutputStream out;
    private final InputStream in;

    LineSpool(Path directory) throws ArchiverException {
        this.directory = directory;
        try {
            Path file = Files.createTempFile(directory, "walvault-manifest-", ".gz");
            this.in = Files.newInputStream(file);
            this.out = new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file), 1 << 16), 1 << 16);
            Files.delete(file);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    OutputStream out() {
        return out;
    }

    /** Writes to {@link #out()}. */
    @FunctionalInterface
    interface Writing {
        void write() throws IOException;
    }

    /** Writes, and tells what went wrong as the temporary file's trouble. */
    void write(Writing lines) throws ArchiverException {
        try {
            lines.write();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Ends the spool and writes all of its lines. */
    void copyTo(OutputStream destination) throws IOException {
        out.close();
        try (InputStream lines = new GZIPInputStream(in, 1 << 16)) {
            lines.transferTo(destination);
        }
    }

    private HostException failed(IOException e) {
        return Fault.of(ErrorCode.LOCAL_FILE, "could not write a temporary file in directory \"" + directory + "\"")
                .detail(FileTrouble.reason(e))
                .hint("Free space there, or set another place with the Java option -Djava.io.tmpdir.")
                .cause(e)
                .host();
    }

    @Override
    public void close() {
        try (InputStream _ = in) {
            out.close();
        } catch (IOException _) {
            // what was not written is not needed any more
        }
    }
}
