package dev.walvault.store.s3;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.KeyException;
import dev.walvault.store.http.Checksums;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;

/** The key that goes along with each request under {@code sse=c}, as the headers want it. */
record CustomerKey(String base64, String md5) {
    static final String ALGORITHM = "AES256";
    private static final int BYTES = 32;

    /** Reads 32 bytes, or their base64. */
    static CustomerKey read(Path file) throws KeyException {
        try {
            byte[] content = Files.readAllBytes(file);
            byte[] key = content.length == BYTES
                    ? content
                    : Base64.getDecoder().decode(new String(content, StandardCharsets.US_ASCII).strip());
            if (key.length != BYTES) {
                throw new IllegalArgumentException(key.length + " bytes instead of " + BYTES);
            }
            return new CustomerKey(Base64.getEncoder().encodeToString(key), Checksums.md5(key, 0, key.length));
        } catch (NoSuchFileException e) {
            throw Fault.of(
                            ErrorCode.KEY_MISSING,
                            "key file \"" + file + "\" of option \"sse-c-key-file\" does not exist")
                    .cause(e)
                    .key();
        } catch (IOException e) {
            throw Fault.of(
                            ErrorCode.KEY_MISSING,
                            "could not read key file \"" + file + "\" of option \"sse-c-key-file\"")
                    .detail(FileTrouble.reason(e))
                    .cause(e)
                    .key();
        } catch (IllegalArgumentException e) {
            throw Fault.of(ErrorCode.KEY_INVALID, "key file \"" + file + "\" of option \"sse-c-key-file\" holds no key")
                    .detail(String.valueOf(e.getMessage()))
                    .hint("It has to hold 32 bytes, or their 44 characters of base64: openssl rand -base64 32")
                    .cause(e)
                    .key();
        }
    }

    /** The record would print its key. */
    @Override
    public String toString() {
        return "***";
    }
}
