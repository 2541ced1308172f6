package dev.walvault.cli.settings;

import dev.walvault.store.Drivers;
import dev.walvault.store.Place;
import dev.walvault.store.fs.FsDriver;
import dev.walvault.store.s3.S3Driver;
import java.util.List;

/** What the setting "vault" may name: places of the stores that this program was built with. */
public final class VaultUrls {
    /** The one line that a new driver takes outside of its module. */
    private static final Drivers DRIVERS = new Drivers(List.of(new FsDriver(), new S3Driver()));

    private VaultUrls() {}

    /** What may be written, for help. */
    static String help() {
        return DRIVERS.help();
    }

    /**
     * The place that a URL or an absolute path names.
     *
     * @throws IllegalArgumentException if it names none; the message says what is expected
     */
    public static Place place(String text) {
        return DRIVERS.place(text);
    }
}
