package dev.walvault.pg;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.PostgresException;
import java.util.Optional;

/**
 * A major version of PostgreSQL that walvault knows, with the numbers by which its files tell it: the magic of WAL pages
 * (XLOG_PAGE_MAGIC of {@code xlog_internal.h}) and the catalog version (CATALOG_VERSION_NO of {@code catversion.h}).
 *
 * <p>Forks and beta versions have numbers of their own, so an unknown one is an empty answer here and for the caller to
 * judge.
 */
public enum PgMajor {
    V13(13, 0xD106, 202007201),
    V14(14, 0xD10D, 202107181),
    V15(15, 0xD110, 202209061),
    V16(16, 0xD113, 202307071),
    V17(17, 0xD116, 202406281),
    V18(18, 0xD118, 202506291);

    private final int number;
    private final int walMagic;
    private final int catalogVersion;

    PgMajor(int number, int walMagic, int catalogVersion) {
        this.number = number;
        this.walMagic = walMagic;
        this.catalogVersion = catalogVersion;
    }

    public static Optional<PgMajor> of(int number) {
        for (var major : values()) {
            if (major.number == number) {
                return Optional.of(major);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads {@code server_version_num}, such as 150006.
     *
     * @throws PostgresException if that version is not supported
     */
    public static PgMajor fromServerVersionNum(int versionNum) throws PostgresException {
        return of(versionNum / 10_000)
                .orElseThrow(() -> Fault.of(
                                ErrorCode.POSTGRES_VERSION,
                                "the server has version number " + versionNum + ", which is not supported")
                        .hint("Versions 13 to 18 are supported.")
                        .postgres());
    }

    public static Optional<PgMajor> fromWalMagic(int magic) {
        for (var major : values()) {
            if (major.walMagic == magic) {
                return Optional.of(major);
            }
        }
        return Optional.empty();
    }

    public static Optional<PgMajor> fromCatalogVersion(int catalogVersion) {
        for (var major : values()) {
            if (major.catalogVersion == catalogVersion) {
                return Optional.of(major);
            }
        }
        return Optional.empty();
    }

    public int number() {
        return number;
    }

    public int walMagic() {
        return walMagic;
    }

    public int catalogVersion() {
        return catalogVersion;
    }

    public boolean isAtLeast(PgMajor other) {
        return compareTo(other) >= 0;
    }

    /** The directory that a server of this version makes in each tablespace: {@code PG_15_202209061}. */
    public String tablespaceVersionDirectory() {
        return "PG_" + number + "_" + catalogVersion;
    }

    /** The number alone, as in the file {@code PG_VERSION}. */
    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
