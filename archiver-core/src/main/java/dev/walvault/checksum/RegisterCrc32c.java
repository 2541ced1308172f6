package dev.walvault.checksum;

import java.util.Objects;
import java.util.zip.Checksum;

/** CRC-32C (the Castagnoli polynomial, bits reflected) over a function of others that moves the register. */
final class RegisterCrc32c implements Checksum {
    private static final int EMPTY = -1;

    private final Update update;
    private int register = EMPTY;

    /** Takes bytes into the register. */
    @FunctionalInterface
    interface Update {
        /**
         * Does so, and returns what the register has then.
         *
         * @param register what it has; it is inverted neither before nor after
         * @param from where the bytes begin
         * @param count how many there are; at least one
         */
        int update(int register, byte[] bytes, int from, int count);
    }

    RegisterCrc32c(Update update) {
        this.update = update;
    }

    @Override
    public void update(int b) {
        update(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void update(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        if (count > 0) {
            register = update.update(register, bytes, offset, count);
        }
    }

    @Override
    public long getValue() {
        return ~register & 0xFFFF_FFFFL;
    }

    @Override
    public void reset() {
        register = EMPTY;
    }
}
