package dev.walvault.it;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Unpacks the embedded PostgreSQL binaries, once for each user and version, into the system's temporary directory: the
 * clone may lie where the server's user cannot read.
 */
final class EmbeddedPostgres {
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rwxr-xr-x");

    private EmbeddedPostgres() {}

    static PostgresBinaries unpacked(int major) throws IOException {
        String version = version(major);
        var cache = cache();
        var home = cache.resolve(version);
        if (!Files.exists(home)) {
            unpack(jar(version), cache, home);
        }
        return new PostgresBinaries(major, version, home.resolve("bin"));
    }

    private static String version(int major) throws IOException {
        var versions = new Properties();
        try (InputStream in = EmbeddedPostgres.class.getResourceAsStream("embedded-postgres.properties")) {
            if (in == null) {
                throw new IOException("embedded-postgres.properties is not on the class path");
            }
            versions.load(in);
        }
        String version = versions.getProperty(Integer.toString(major));
        if (version == null) {
            throw new IllegalArgumentException("no embedded PostgreSQL " + major);
        }
        return version;
    }

    private static Path jar(String version) throws IOException {
        var jar = Project.directory().resolve("it-tests/target/embedded-postgres/postgres-" + version + ".jar");
        if (!Files.exists(jar)) {
            throw new IOException("\"" + jar + "\" is missing: run mvn process-resources -pl it-tests -am");
        }
        return jar;
    }

    /** What is executed from here must be ours: in a shared temporary directory anybody may have made it before us. */
    private static Path cache() throws IOException {
        var cache =
                Path.of(System.getProperty("java.io.tmpdir"), "walvault-postgres-" + System.getProperty("user.name"));
        try {
            Files.createDirectory(cache, PosixFilePermissions.asFileAttribute(READABLE));
            Files.setPosixFilePermissions(cache, READABLE);
        } catch (FileAlreadyExistsException e) {
            var me = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            boolean ours = Files.isDirectory(cache, LinkOption.NOFOLLOW_LINKS)
                    && Files.getAttribute(cache, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .equals(me)
                    && Files.getPosixFilePermissions(cache, LinkOption.NOFOLLOW_LINKS)
                            .equals(READABLE);
            if (!ours) {
                throw new IOException("\"" + cache + "\" was not made by this user: remove it", e);
            }
        }
        return cache;
    }

    private static void unpack(Path jar, Path cache, Path home) throws IOException {
        var temporary = Files.createTempDirectory(cache, "unpacking");
        try (var zip = new ZipInputStream(new BufferedInputStream(Files.newInputStream(jar)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(".txz")) {
                    unpack(new TarArchiveInputStream(new XZCompressorInputStream(zip)), temporary);
                    break;
                }
            }
            Files.setPosixFilePermissions(temporary, READABLE);
            Files.move(temporary, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Workspace.delete(temporary);
            // another JVM was faster
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, Path root) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            var path = root.resolve(entry.getName()).normalize();
            if (!path.startsWith(root)) {
                throw new IOException("\"" + entry.getName() + "\" leads out of the archive");
            }
            if (entry.isDirectory()) {
                createReadable(root, path);
            } else {
                createReadable(root, Objects.requireNonNull(path.getParent()));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static void createReadable(Path root, Path directory) throws IOException {
        var at = root;
        for (Path part : root.relativize(directory)) {
            at = at.resolve(part);
            if (!Files.isDirectory(at)) {
                Files.createDirectory(at);
                Files.setPosixFilePermissions(at, READABLE);
            }
        }
    }
}
