package dev.walvault.seal;

import dev.walvault.seal.age.AgePayload;
import dev.walvault.store.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects bytes in pieces of age's chunk length with room for the tag, so that they are encrypted where they lie. */
final class ChunkBuffer extends OutputStream {
    private static final int FIRST = 4 * 1024;

    private final List<byte[]> chunks = new ArrayList<>();
    private byte[] chunk = new byte[FIRST + AgePayload.TAG];
    private int filled;

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        int position = offset;
        int rest = count;
        while (rest > 0) {
            if (filled == AgePayload.CHUNK) {
                chunks.add(chunk);
                chunk = new byte[AgePayload.CHUNK + AgePayload.TAG];
                filled = 0;
            } else if (filled == chunk.length - AgePayload.TAG) {
                chunk = Arrays.copyOf(chunk, Math.min(4 * filled, AgePayload.CHUNK) + AgePayload.TAG);
            }
            int part = Math.min(rest, chunk.length - AgePayload.TAG - filled);
            System.arraycopy(bytes, position, chunk, filled, part);
            filled += part;
            position += part;
            rest -= part;
        }
    }

    /** Puts other bytes where the first ones are; no more than fit into the smallest piece. */
    void replaceStart(byte[] bytes) {
        Objects.checkFromIndexSize(0, bytes.length, FIRST);
        byte[] first = chunks.isEmpty() ? chunk : chunks.getFirst();
        System.arraycopy(bytes, 0, first, 0, bytes.length);
    }

    /** Digests what was collected, but for the first bytes; those must lie within the smallest piece. */
    void digestFrom(int from, MessageDigest digest) {
        int skipped = from;
        for (byte[] full : chunks) {
            digest.update(full, skipped, AgePayload.CHUNK - skipped);
            skipped = 0;
        }
        digest.update(chunk, skipped, filled - skipped);
    }

    long length() {
        return (long) chunks.size() * AgePayload.CHUNK + filled;
    }

    /** What was collected, as it is. The buffer must not be used any more. */
    Content plain() {
        return new Pieces(new byte[0], chunks, AgePayload.CHUNK, chunk, filled);
    }

    /**
     * Encrypts what was collected, where it lies; {@code digester} takes what comes of it. Nothing more can be
     * collected then.
     */
    Encrypted encrypt(AgePayload payload, Digester digester) throws IOException {
        encrypt(0, chunks.size(), payload, digester);
        return last(payload, digester);
    }

    /** The same, with one half of it encrypted by another thread. */
    Encrypted encryptByTwo(AgePayload payload, Digester digester, SecondThread second) throws IOException {
        int half = chunks.size() / 2;
        AgePayload later = payload.from(half);
        second.together(() -> encrypt(half, chunks.size(), later, null), () -> encrypt(0, half, payload, digester));
        for (byte[] full : chunks.subList(half, chunks.size())) {
            digester.update(full, 0, full.length);
        }
        return last(later, digester);
    }

    /** {@code digester}: none, where another thread has not digested yet what comes before. */
    private void encrypt(int from, int end, AgePayload payload, @Nullable Digester digester) {
        for (byte[] full : chunks.subList(from, end)) {
            encrypt(full, AgePayload.CHUNK, payload, false);
            if (digester != null) {
                digester.update(full, 0, full.length);
            }
        }
    }

    private static int encrypt(byte[] chunk, int length, AgePayload payload, boolean last) {
        try {
            return payload.chunk(chunk, length, chunk, last);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot encrypt a chunk", e);
        }
    }

    private Encrypted last(AgePayload payload, Digester digester) {
        int lastLength = encrypt(chunk, filled, payload, true);
        digester.update(chunk, 0, lastLength);
        return head -> new Pieces(head, chunks, AgePayload.CHUNK + AgePayload.TAG, chunk, lastLength);
    }

    /** What only its head is missing of. */
    @FunctionalInterface
    interface Encrypted {
        Content behind(byte[] head);
    }

    private static final class Pieces implements Content {
        private final byte[] head;
        private final List<byte[]> full;
        private final int fullLength;
        private final byte[] last;
        private final int lastLength;

        Pieces(byte[] head, List<byte[]> full, int fullLength, byte[] last, int lastLength) {
            this.head = head;
            this.full = full;
            this.fullLength = fullLength;
            this.last = last;
            this.lastLength = lastLength;
        }

        @Override
        public long length() {
            return head.length + (long) full.size() * fullLength + lastLength;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(head);
            for (byte[] piece : full) {
                out.write(piece, 0, fullLength);
            }
            out.write(last, 0, lastLength);
        }
    }
}
