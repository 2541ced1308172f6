package dev.walvault.store.s3;

import dev.walvault.store.Driver;
import java.net.URI;

/** Buckets of Amazon S3, and of services that speak its protocol. */
public final class S3Driver implements Driver {
    @Override
    public String scheme() {
        return "s3";
    }

    @Override
    public String form() {
        return "s3://bucket/prefix";
    }

    @Override
    public String help() {
        return form() + " with the options of docs/reference/s3-options.md";
    }

    @Override
    public S3Place place(URI url) {
        return S3Place.of(url);
    }
}
