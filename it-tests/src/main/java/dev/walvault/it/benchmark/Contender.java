package dev.walvault.it.benchmark;

import java.util.Locale;

/** A column of the table. */
enum Contender {
    NATIVE("walvault native"),
    JVM("walvault JVM"),
    PGBACKREST("pgbackrest"),
    CP("cp"),
    ZSTD("zstd -T2");

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** A word for file names. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
