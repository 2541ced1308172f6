package dev.walvault.store.s3;

import dev.walvault.store.s3.Misbehaviour.End;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.function.IntConsumer;

/** The ways in which a body may be spoilt while it passes. */
final class BodyStreams {
    private BodyStreams() {}

    /** The connection is to be broken now. */
    static final class Broken extends IOException {
        private static final long serialVersionUID = 1;

        private final End end;

        Broken(End end) {
            super("broken on purpose: " + end);
            this.end = end;
        }

        End end() {
            return end;
        }
    }

    static OutputStream counted(OutputStream out, IntConsumer counter) {
        return new Passing(out) {
            @Override
            void pass(byte[] bytes, int offset, int length) throws IOException {
                // before it is written: who has read the last byte may ask for the count at once
                counter.accept(length);
                out.write(bytes, offset, length);
            }
        };
    }

    /** Passes {@code limit} bytes; the next one breaks the connection. */
    static OutputStream breaking(OutputStream out, long limit, End end) {
        return new Passing(out) {
            private long left = limit;

            @Override
            void pass(byte[] bytes, int offset, int length) throws IOException {
                int passing = (int) Math.min(left, length);
                out.write(bytes, offset, passing);
                left -= passing;
                if (passing < length) {
                    out.flush();
                    throw new Broken(end);
                }
            }
        };
    }

    static OutputStream flipped(OutputStream out, long at) {
        return new Passing(out) {
            private long position;

            @Override
            void pass(byte[] bytes, int offset, int length) throws IOException {
                if (at >= position && at < position + length) {
                    bytes[offset + (int) (at - position)] ^= 1;
                }
                position += length;
                out.write(bytes, offset, length);
            }
        };
    }

    static OutputStream slow(OutputStream out, long bytesPerSecond) {
        return new Passing(out) {
            private static final int STEPS_PER_SECOND = 20;

            @Override
            void pass(byte[] bytes, int offset, int length) throws IOException {
                int step = (int) Math.max(1, bytesPerSecond / STEPS_PER_SECOND);
                long pauseMillis = Math.max(1, 1000L * step / bytesPerSecond);
                for (int done = 0; done < length; done += step) {
                    sleep(pauseMillis);
                    out.write(bytes, offset + done, Math.min(step, length - done));
                    out.flush();
                }
            }
        };
    }

    static void sleep(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /** Everything goes through one method. */
    private abstract static class Passing extends FilterOutputStream {
        Passing(OutputStream out) {
            super(out);
        }

        abstract void pass(byte[] bytes, int offset, int length) throws IOException;

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            pass(bytes, offset, length);
        }

        @Override
        public void write(int b) throws IOException {
            pass(new byte[] {(byte) b}, 0, 1);
        }
    }
}
