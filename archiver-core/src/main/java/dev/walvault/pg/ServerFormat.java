package dev.walvault.pg;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The numbers by which a major version of PostgreSQL marks what it writes. Forks and pre-releases have numbers of their
 * own, and so will versions to come: what is in none of these formats is an empty answer here, for the caller to judge.
 *
 * @param walMagic of WAL pages: XLOG_PAGE_MAGIC of {@code xlog_internal.h}
 * @param controlVersion of the control file: PG_CONTROL_VERSION of {@code pg_control.h}
 * @param catalogVersion of the catalogs: CATALOG_VERSION_NO of {@code catversion.h}; empty where the control version
 *     alone tells the major version
 */
public record ServerFormat(PgMajor major, int walMagic, int controlVersion, OptionalInt catalogVersion) {
    /** The numbers of 19 are those of its third beta; its catalog version may have changed since. */
    private static final List<ServerFormat> KNOWN = List.of(
            released(PgMajor.V13, 0xD106, 1300, 202007201),
            released(PgMajor.V14, 0xD10D, 1300, 202107181),
            released(PgMajor.V15, 0xD110, 1300, 202209061),
            released(PgMajor.V16, 0xD113, 1300, 202307071),
            released(PgMajor.V17, 0xD116, 1700, 202406281),
            released(PgMajor.V18, 0xD118, 1800, 202506291),
            new ServerFormat(PgMajor.V19, 0xD121, 1902, OptionalInt.empty()));

    private static ServerFormat released(PgMajor major, int walMagic, int controlVersion, int catalogVersion) {
        return new ServerFormat(major, walMagic, controlVersion, OptionalInt.of(catalogVersion));
    }

    /** All that walvault knows, the oldest first. */
    public static List<ServerFormat> known() {
        return KNOWN;
    }

    public static Optional<ServerFormat> ofWalMagic(int walMagic) {
        return KNOWN.stream().filter(format -> format.walMagic == walMagic).findFirst();
    }

    /** The format of a server whose control file has both versions. */
    public static Optional<ServerFormat> of(int controlVersion, int catalogVersion) {
        return KNOWN.stream()
                .filter(format -> format.controlVersion == controlVersion
                        && format.catalogVersion.orElse(catalogVersion) == catalogVersion)
                .findFirst();
    }
}
