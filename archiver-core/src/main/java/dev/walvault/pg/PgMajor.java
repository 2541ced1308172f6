package dev.walvault.pg;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.PostgresException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A major version of PostgreSQL. It may be newer than any that walvault knows: such a server archives, and what is not
 * known of its files is not read. {@link ServerFormat} has the numbers by which the known ones mark their files.
 */
public record PgMajor(int number) implements Comparable<PgMajor> {
    public static final PgMajor V13 = new PgMajor(13);
    public static final PgMajor V14 = new PgMajor(14);
    public static final PgMajor V15 = new PgMajor(15);
    public static final PgMajor V16 = new PgMajor(16);
    public static final PgMajor V17 = new PgMajor(17);
    public static final PgMajor V18 = new PgMajor(18);
    public static final PgMajor V19 = new PgMajor(19);

    /** For messages. */
    public static final String SUPPORTED = "Versions " + V13 + " to " + V19 + " are supported.";

    /** Throws IllegalArgumentException if it is too old. */
    public PgMajor {
        if (number < 13) {
            throw new IllegalArgumentException("PostgreSQL " + number + " is too old");
        }
    }

    /**
     * Reads {@code server_version_num}, such as 150006.
     *
     * @throws PostgresException if that version is too old
     */
    public static PgMajor fromServerVersionNum(int versionNum) throws PostgresException {
        int number = versionNum / 10_000;
        if (number < V13.number) {
            throw Fault.of(
                            ErrorCode.POSTGRES_VERSION,
                            "the server has version number " + versionNum + ", which is not supported")
                    .hint(SUPPORTED)
                    .postgres();
        }
        return new PgMajor(number);
    }

    /**
     * Reads {@code PG_VERSION} of a data directory, which forks have as well: {@code 15}, or {@code 9.4} before 10.
     *
     * @throws PostgresException if it cannot be read, or the version is too old
     */
    public static PgMajor ofDataDirectory(Path dataDirectory) throws HostException, PostgresException {
        Path file = dataDirectory.resolve("PG_VERSION");
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            return new PgMajor(Integer.parseInt(text));
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "could not read file \"" + file + "\"")
                    .detail(e.toString())
                    .cause(e)
                    .host();
        } catch (IllegalArgumentException e) {
            throw Fault.of(ErrorCode.POSTGRES_VERSION, "file \"" + file + "\" names no supported version")
                    .detail(String.valueOf(e.getMessage()))
                    .hint(SUPPORTED)
                    .cause(e)
                    .postgres();
        }
    }

    /** Whether walvault was made for it. */
    public boolean isKnown() {
        return number <= V19.number;
    }

    public boolean isAtLeast(PgMajor other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(PgMajor other) {
        return Integer.compare(number, other.number);
    }

    /** The directory that a server of this version makes in each tablespace: {@code PG_15_202209061}. */
    public String tablespaceVersionDirectory(int catalogVersion) {
        return "PG_" + number + "_" + catalogVersion;
    }

    /** The number alone, as in the file {@code PG_VERSION}. */
    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
