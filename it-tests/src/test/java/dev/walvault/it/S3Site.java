package dev.walvault.it;

import dev.walvault.store.s3.FaultProxy;
import dev.walvault.store.s3.S3Bucket;
import dev.walvault.store.s3.S3Server;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A {@link Site} whose vault is a bucket of a real S3 server, reached by way of a proxy that misbehaves when it is told
 * to.
 */
final class S3Site implements Closeable {
    static final String PREFIX = "vaults/pg";

    private final S3Bucket bucket;
    private final FaultProxy proxy;
    private final Site site;

    private S3Site(S3Bucket bucket, FaultProxy proxy, Site site) {
        this.bucket = bucket;
        this.proxy = proxy;
        this.site = site;
    }

    /** {@code options} go into the vault's URL, as {@code name=value}. */
    static S3Site start(UnaryOperator<PostgresServer.Setup> adjust, String... options) throws Exception {
        S3Server server = S3Server.shared();
        S3Bucket bucket = server.createBucket();
        FaultProxy proxy = FaultProxy.inFrontOf(server.endpoint());
        try {
            Site site = Site.start(
                    PostgresBinaries.of(15),
                    adjust,
                    workspace -> List.of(url(bucket, proxy, readable(workspace, server.credentialsFile()), options)),
                    "");
            return new S3Site(bucket, proxy, site);
        } catch (IOException | InterruptedException | RuntimeException e) {
            proxy.close();
            throw e;
        }
    }

    /** The server's own file may lie where the program's user cannot read. */
    private static Path readable(Workspace workspace, Path credentials) {
        try {
            return workspace.write("s3-credentials", Files.readString(credentials));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String url(S3Bucket bucket, FaultProxy proxy, Path credentials, String... options) {
        var all = new ArrayList<>(List.of(S3Bucket.option("credentials-file", credentials)));
        all.addAll(List.of(options));
        return bucket.locationAt(proxy.endpoint(), PREFIX, all.toArray(String[]::new));
    }

    Site site() {
        return site;
    }

    FaultProxy proxy() {
        return proxy;
    }

    S3Bucket bucket() {
        return bucket;
    }

    /** The WAL segments that are stored, by name, in order. */
    List<String> segments() {
        return bucket.keys().stream()
                .map(key -> key.substring(key.lastIndexOf('/') + 1))
                .filter(name -> name.matches("[0-9A-F]{24}"))
                .sorted()
                .toList();
    }

    /** The segments that the server believes to be archived and still has. */
    List<String> acknowledged() throws IOException {
        try (Stream<Path> files = Files.list(site.primary().dataDirectory().resolve("pg_wal/archive_status"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}\\.done"))
                    .map(name -> name.substring(0, 24))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            site.close();
        } finally {
            proxy.close();
        }
    }
}
