package dev.walvault.store.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.host.CrashContract;
import dev.walvault.host.CrashPath;
import dev.walvault.host.CrashingDisk;
import dev.walvault.observe.Cancellation;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** What a store on a file system has said to be stored is there, whole, after a crash; what is there is whole. */
class FsCrashTest extends CrashContract {
    private static final ObjectKey KEY = new ObjectKey("orders/main/wal/00000001/000000010000000000000013");
    /** Long ago, so that every directory has changed since. */
    private static final InstantSource CLOCK = () -> Instant.EPOCH;

    private static final byte[] CONTENT = new byte[5000];

    static {
        new SplittableRandom(1).nextBytes(CONTENT);
    }

    @Override
    protected Class<?> module() {
        return FsStore.class;
    }

    @Override
    protected List<CrashPath> paths() {
        return List.of(
                new CrashPath("an object of known length", root -> new OneObject(root, true, FsCrashTest::put)),
                new CrashPath("an upload", root -> new OneObject(root, true, FsCrashTest::upload)),
                new CrashPath(
                        "an object that another program has put there",
                        root -> new OneObject(root, false, store -> {
                            copied(root);
                            put(store);
                        })),
                new CrashPath(
                        "an upload of what another program has put there",
                        root -> new OneObject(root, false, store -> {
                            copied(root);
                            upload(store);
                        })),
                new CrashPath(
                        "an object that is deleted",
                        root -> Deleted.in(root, List.of("3"), FsCrashTest::oneAfterTheOther)),
                new CrashPath(
                        "an object that is deleted with its directory",
                        root -> Deleted.in(root, List.of(), FsCrashTest::oneAfterTheOther)),
                new CrashPath(
                        "objects that are deleted together",
                        root -> Deleted.in(root, List.of("3"), FsCrashTest::together)),
                new CrashPath(
                        "objects that are deleted together with their directory",
                        root -> Deleted.in(root, List.of(), FsCrashTest::together)),
                new CrashPath("the root of a new store", NewRoot::new),
                new CrashPath(
                        "a disk that does not force files is noticed",
                        root -> new Doctor(root, CrashingDisk::failForces)),
                new CrashPath(
                        "a disk that does not sync directories is noticed",
                        root -> new Doctor(root, CrashingDisk::failDirectorySyncs)));
    }

    private static void put(FsStore store) throws IOException {
        store.createIfAbsent(KEY, Content.of(CONTENT));
    }

    private static void upload(FsStore store) throws IOException {
        try (Upload upload = store.beginUpload(KEY)) {
            upload.body().write(CONTENT);
            upload.commit();
        }
    }

    private static void copied(Path root) throws IOException {
        Path file = root.resolve(KEY.value());
        Files.createDirectories(file.getParent());
        Files.write(file, CONTENT);
    }

    private interface Storing {
        void into(FsStore store) throws IOException;
    }

    /** @param ours whether nothing else writes there */
    private record OneObject(Path root, boolean ours, Storing storing) implements CrashPath.Trial {
        @Override
        public void run(CrashingDisk disk) throws Exception {
            try (var store = FsStore.open(root, disk, CLOCK)) {
                storing.into(store);
            }
        }

        @Override
        public void check(boolean returned) throws Exception {
            try (var store = FsStore.open(root)) {
                if (returned || (ours && store.head(KEY).isPresent())) {
                    assertThat(content(store)).isEqualTo(CONTENT);
                }
                if (ours) {
                    store.createIfAbsent(KEY, Content.of(CONTENT));
                    assertThat(content(store)).isEqualTo(CONTENT);
                }
            }
        }

        private static byte[] content(ObjectStore store) throws IOException {
            try (InputStream in = store.open(KEY).orElseThrow()) {
                return in.readAllBytes();
            }
        }
    }

    private static void oneAfterTheOther(ObjectStore store, List<ObjectKey> keys) throws IOException {
        for (ObjectKey key : keys) {
            store.delete(key);
        }
    }

    private static void together(ObjectStore store, List<ObjectKey> keys) {
        assertThat(store.deleteAll(keys).failed()).isEmpty();
    }

    private interface Deleting {
        void from(ObjectStore store, List<ObjectKey> keys) throws IOException;
    }

    /**
     * What is gone stays gone.
     *
     * @param others that stay in the same directory
     */
    private record Deleted(Path root, List<String> others, Deleting deleting) implements CrashPath.Trial {
        private static final List<ObjectKey> GONE = List.of(ObjectKey.of("a", "b", "1"), ObjectKey.of("a", "b", "2"));

        static Deleted in(Path root, List<String> others, Deleting deleting) throws IOException {
            Path directory = Files.createDirectories(root.resolve("a/b"));
            for (String name : others) {
                Files.write(directory.resolve(name), CONTENT);
            }
            for (ObjectKey key : GONE) {
                Files.write(root.resolve(key.value()), CONTENT);
            }
            return new Deleted(root, others, deleting);
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            try (var store = FsStore.open(root, disk, CLOCK)) {
                deleting.from(store, GONE);
            }
        }

        @Override
        public void check(boolean returned) throws Exception {
            try (var store = FsStore.open(root)) {
                if (returned) {
                    for (ObjectKey key : GONE) {
                        assertThat(store.head(key)).as(key.value()).isEmpty();
                    }
                }
                for (String name : others) {
                    assertThat(store.head(ObjectKey.of("a", "b", name))).isPresent();
                }
                deleting.from(store, GONE);
                assertThat(store.list(ObjectKey.of("a"))).hasSize(others.size());
            }
        }
    }

    private record NewRoot(Path root) implements CrashPath.Trial {
        private Path store() {
            return root.resolve("mnt/backup/pg");
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            FsStore.createRoot(store(), disk, CLOCK);
        }

        @Override
        public void check(boolean returned) throws Exception {
            if (returned) {
                assertThat(store()).isDirectory();
            }
            FsStore.createRoot(store());
            assertThat(store()).isDirectory();
        }
    }

    /** What a crash leaves is nothing that matters; what the disk refuses has to be told. */
    private record Doctor(Path root, Consumer<CrashingDisk> fault, List<Finding> findings) implements CrashPath.Trial {
        Doctor(Path root, Consumer<CrashingDisk> fault) {
            this(root, fault, new ArrayList<>());
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            fault.accept(disk);
            var examiner = new Examiner(new Cancellation(), _ -> {});
            examiner.run(FsChecks.of(root, Optional.empty(), disk, CLOCK, Files::isWritable));
            findings.addAll(examiner.findings());
        }

        @Override
        public void check(boolean returned) {
            if (returned) {
                assertThat(findings)
                        .filteredOn(finding -> finding.check().equals("hard links and fsync"))
                        .isNotEmpty()
                        .allMatch(finding -> finding.verdict() == Finding.Verdict.FAILED);
            }
        }
    }
}
