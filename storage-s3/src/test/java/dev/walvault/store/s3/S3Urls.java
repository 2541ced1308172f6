package dev.walvault.store.s3;

import dev.walvault.store.Drivers;
import java.util.List;

/** Places on S3 as the command line reads them. */
public final class S3Urls {
    private static final Drivers DRIVERS = new Drivers(List.of(new S3Driver()));

    private S3Urls() {}

    public static S3Place place(String url) {
        return (S3Place) DRIVERS.place(url);
    }
}
