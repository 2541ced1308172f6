package dev.walvault.cli.console;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Where results go. A {@link PrintStream} forgets why it could not print; this one knows. */
public final class StandardOutput extends PrintStream {
    private final Target target;
    private final BooleanSupplier pipe;

    /** {@code pipe}: whether the other end of the stream is a program. */
    public StandardOutput(OutputStream out, Charset charset, BooleanSupplier pipe) {
        this(new Target(out), charset, pipe);
    }

    private StandardOutput(Target target, Charset charset, BooleanSupplier pipe) {
        super(target, true, charset);
        this.target = target;
        this.pipe = pipe;
    }

    /** Of this process. */
    public static StandardOutput ofThisProcess() {
        return new StandardOutput(
                new FileOutputStream(FileDescriptor.out), System.out.charset(), StandardOutput::isPipe);
    }

    /**
     * Throws if something that was printed is lost: a full disk, or an output that is closed. A program at the other
     * end of a pipe may stop reading when it likes.
     *
     * @throws HostException LOCAL_FILE
     */
    public void requirePrinted() throws HostException {
        flush();
        IOException failure = target.failure;
        if (failure != null && !pipe.getAsBoolean()) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "could not write to standard output: " + failure.getMessage())
                    .detail("what this command has done is done; what it printed is lost")
                    .cause(failure)
                    .host();
        }
    }

    private static boolean isPipe() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString().startsWith("pipe:");
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    private static final class Target extends OutputStream {
        private final OutputStream out;
        private @Nullable IOException failure;

        Target(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            try {
                out.write(bytes, offset, count);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }
}
