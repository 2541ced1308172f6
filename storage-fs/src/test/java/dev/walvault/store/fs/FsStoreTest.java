package dev.walvault.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.StoreException;
import dev.walvault.observe.FakeTime;
import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Deletion;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.ObjectStoreContract;
import dev.walvault.store.Slice;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import dev.walvault.work.Bandwidth;
import dev.walvault.work.DiskLimits;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FsStoreTest extends ObjectStoreContract {
    private static final ObjectKey KEY = ObjectKey.of("a", "b", "c");
    private static final Content ONE = Content.of(new byte[] {1});

    @TempDir
    private Path scratch;

    @Override
    protected ObjectStore emptyStore() throws Exception {
        return FsStore.open(Files.createDirectory(root()));
    }

    /** A directory has no pages, and every object costs three syncs. */
    @Override
    protected int moreThanOnePage() {
        return 200;
    }

    private Path root() {
        return scratch.resolve("store");
    }

    @Override
    protected ObjectStore anotherHandle() throws Exception {
        return FsStore.open(root());
    }

    @Test
    void theLocationIsTheUrlOfTheDirectory() throws Exception {
        Path directory = Files.createDirectory(scratch.resolve("with space"));

        assertThat(FsStore.open(directory).location()).isEqualTo("file://" + scratch + "/with%20space");
    }

    @Test
    void objectsAreWrittenAndReadNoFasterThanTheLimits() throws Exception {
        var time = new FakeTime(Instant.EPOCH);
        var limits = new DiskLimits(
                new Bandwidth(OptionalLong.of(2_000_000), time, time),
                new Bandwidth(OptionalLong.of(1_000_000), time, time));
        byte[] million = new byte[1_000_000];
        try (ObjectStore store = FsStore.open(root(), limits)) {
            store.createIfAbsent(KEY, Content.of(million));
            try (Upload upload = store.beginUpload(ObjectKey.of("d"))) {
                upload.body().write(million);
                upload.commit();
            }
            Instant written = time.instant();
            assertThat(written).isBetween(Instant.EPOCH.plusMillis(1_980), Instant.EPOCH.plusSeconds(2));

            try (InputStream in = store.open(KEY).orElseThrow()) {
                assertThat(in.readAllBytes()).isEqualTo(million);
            }
            Instant read = time.instant();
            assertThat(read).isBetween(written.plusMillis(490), written.plusMillis(510));

            try (Slice slice = store.open(KEY, ByteRange.last(500_000)).orElseThrow()) {
                assertThat(slice.content().readAllBytes()).hasSize(500_000);
            }
            assertThat(time.instant()).isBetween(read.plusMillis(240), read.plusMillis(260));
        }
    }

    @Test
    void aDirectoryThatIsMissingIsNeverMade() {
        Path missing = scratch.resolve("not-mounted").resolve("pg");

        assertFails(() -> FsStore.open(missing), ErrorCode.STORE_UNREACHABLE, "does not exist", "mounted");
        assertThat(missing.getParent()).doesNotExist();
    }

    @Test
    void aFileIsNotAStoreNorIsAPathBelowIt() throws Exception {
        Path file = Files.createFile(scratch.resolve("file"));

        assertFails(() -> FsStore.open(file), ErrorCode.STORE_UNREACHABLE, "is not a directory");
        assertFails(() -> FsStore.open(file.resolve("pg")), ErrorCode.STORE_UNREACHABLE, "is not a directory");
        assertFails(() -> FsStore.createRoot(file), ErrorCode.STORE_UNREACHABLE, "is not a directory");
        assertThatThrownBy(() -> FsStore.createRoot(file.resolve("pg"))).isInstanceOf(StoreException.class);
    }

    @Test
    void aRootIsMadeWithItsParentsAndMayBeThereAlready() throws Exception {
        Path directory = scratch.resolve("backup").resolve("pg");

        FsStore.createRoot(directory);
        FsStore.createRoot(directory);

        assertThat(FsStore.open(directory).head(KEY)).isEmpty();
    }

    @Test
    void whenTheRootGoesAwayNothingIsAbsentAndNothingIsMade() throws Exception {
        store.createIfAbsent(KEY, ONE);
        Files.move(root(), scratch.resolve("elsewhere"));

        for (ThrowingCallable call : everyCall()) {
            assertFails(call, ErrorCode.STORE_UNREACHABLE, "does not exist");
        }

        assertThat(root()).doesNotExist();
    }

    @Test
    void anUnmountedFileSystemIsNotAnEmptyStore() throws Exception {
        try (TmpFs fileSystem = TmpFs.mount(scratch.resolve("mnt"), "size=4m")) {
            store = FsStore.open(fileSystem.path());
            store.createIfAbsent(KEY, ONE);
            fileSystem.unmount();

            for (ThrowingCallable call : everyCall()) {
                assertFails(call, ErrorCode.STORE_UNREACHABLE, "another directory than before", "mounted");
            }
            assertThat(fileSystem.path()).isEmptyDirectory();
        }
    }

    @Test
    void aSymbolicLinkThatLeadsNowhereIsNotAbsence() throws Exception {
        Path disk = Files.createDirectory(scratch.resolve("disk"));
        Files.createSymbolicLink(root().resolve("a"), disk);
        assertThat(store.createIfAbsent(KEY, ONE)).isEqualTo(CreateOutcome.CREATED);
        assertThat(keys("a")).containsExactly("a/b/c");
        Files.move(disk, scratch.resolve("gone"));

        assertFails(() -> store.open(KEY), ErrorCode.STORE_UNREACHABLE, "leads nowhere");
        assertFails(() -> keys("a"), ErrorCode.STORE_UNREACHABLE, "leads nowhere");
        assertThatThrownBy(() -> store.createIfAbsent(KEY, ONE)).isInstanceOf(StoreException.class);
    }

    @Test
    void aFullFileSystemSaysSoAndKeepsNothingHalfDone() throws Exception {
        try (TmpFs fileSystem = TmpFs.mount(scratch.resolve("mnt"), "size=1m")) {
            store = FsStore.open(fileSystem.path());
            store.createIfAbsent(ObjectKey.of("a", "small"), ONE);

            assertFails(
                    () -> store.createIfAbsent(KEY, Content.of(new byte[2_000_000])),
                    ErrorCode.STORE_FULL,
                    "could not write \"file://" + fileSystem.path() + "/a/b/c\": no space left on device",
                    "Free space");
            try (Upload upload = store.beginUpload(KEY)) {
                assertFails(() -> upload.body().write(new byte[2_000_000]), ErrorCode.STORE_FULL, "no space left");
                assertFails(upload::commit, ErrorCode.STORE_FULL, "no space left");
            }

            assertThat(filesBelow(fileSystem.path())).containsExactly("a/small");
            assertThat(store.createIfAbsent(KEY, ONE)).isEqualTo(CreateOutcome.CREATED);
        }
    }

    @Test
    void aFileSystemWithoutInodesLeftIsFull() throws Exception {
        try (TmpFs fileSystem = TmpFs.mount(scratch.resolve("mnt"), "size=4m,nr_inodes=4")) {
            store = FsStore.open(fileSystem.path());

            assertFails(
                    () -> {
                        for (int i = 0; i < 10; i++) {
                            store.createIfAbsent(ObjectKey.of("a" + i), ONE);
                        }
                    },
                    ErrorCode.STORE_FULL,
                    "could not create");
        }
    }

    @Test
    void aReadOnlyFileSystemCanBeReadAndDeniesTheRest() throws Exception {
        try (TmpFs fileSystem = TmpFs.mount(scratch.resolve("mnt"), "size=4m")) {
            store = FsStore.open(fileSystem.path());
            store.createIfAbsent(KEY, ONE);
            fileSystem.makeReadOnly();

            var other = ObjectKey.of("a", "b", "other");
            assertFails(
                    () -> store.createIfAbsent(other, ONE),
                    ErrorCode.STORE_DENIED,
                    "read-only file system",
                    "read-write");
            assertFails(() -> store.delete(KEY), ErrorCode.STORE_DENIED, "could not delete");
            assertThat(read(KEY)).contains(new byte[] {1});
            assertThat(store.createIfAbsent(KEY, ONE)).isEqualTo(CreateOutcome.ALREADY_THERE);
        }
    }

    @Test
    void anUploadThatIsGivenUpLeavesNoDirectories() throws Exception {
        store.createIfAbsent(KEY, ONE);
        Path backup = root().resolve("a/backup");
        try (Upload upload = store.beginUpload(ObjectKey.of("a", "backup", "packs", "000001"))) {
            upload.body().write(1);
            assertThat(backup.resolve("packs")).exists();
        }

        assertThat(backup).doesNotExist();
        assertThat(read(KEY)).contains(new byte[] {1});
    }

    @Test
    void aDirectoryThatMayNotBeWrittenDeniesCreation() throws Exception {
        Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeTrue(!Files.isWritable(root()), "permissions do not bind root");

        assertFails(() -> store.createIfAbsent(KEY, ONE), ErrorCode.STORE_DENIED, "permission denied", "access");
    }

    @Test
    void aDirectoryThatMayNotBeSearchedHidesNothing() throws Exception {
        store.createIfAbsent(KEY, ONE);
        Files.setPosixFilePermissions(root().resolve("a"), PosixFilePermissions.fromString("---------"));
        try {
            assumeTrue(!Files.isReadable(root().resolve("a")), "permissions do not bind root");

            assertFails(() -> store.open(KEY), ErrorCode.STORE_DENIED, "permission denied");
            assertFails(() -> keys("a"), ErrorCode.STORE_DENIED, "permission denied");
        } finally {
            Files.setPosixFilePermissions(root().resolve("a"), PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void filesAndDirectoriesAreClosedToOthers() throws Exception {
        store.createIfAbsent(KEY, ONE);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root().resolve("a/b/c"))))
                .matches("rw-[r-]-----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root().resolve("a/b"))))
                .matches("rwx[r-]-[x-]---");
    }

    @Test
    void afterSuccessAndFailureNoTemporaryFileIsLeft() throws Exception {
        store.createIfAbsent(KEY, ONE);
        store.createIfAbsent(KEY, ONE);
        try (Upload upload = store.beginUpload(KEY)) {
            upload.commit();
        }
        try (Upload upload = store.beginUpload(ObjectKey.of("a", "other"))) {
            upload.body().write(new byte[1_000_000]);
        }
        assertThatThrownBy(() -> store.createIfAbsent(ObjectKey.of("a"), ONE)).isInstanceOf(StoreException.class);

        assertThat(filesBelow(root())).containsExactly("a/b/c");
    }

    @Test
    void anObjectHasOneNameOnly() throws Exception {
        store.createIfAbsent(KEY, ONE);

        assertThat(Files.getAttribute(root().resolve("a/b/c"), "unix:nlink")).isEqualTo(1);
    }

    @Test
    void strangersAmongTheFilesAreNotListed() throws Exception {
        store.createIfAbsent(KEY, ONE);
        Files.createFile(root().resolve("a/.hidden"));
        Files.createFile(root().resolve("a/with space"));
        Files.createDirectory(root().resolve("a/.snapshot"));
        Files.createFile(root().resolve("a/.snapshot/x"));

        assertThat(keys("a")).containsExactly("a/b/c");
    }

    /** What can lie under a key and is no object. */
    enum Strange {
        DIRECTORY,
        FIFO,
        SOCKET,
        DEVICE,
        LINK_TO_ITSELF;

        void at(Path path) throws Exception {
            switch (this) {
                case DIRECTORY -> Files.createDirectory(path);
                case FIFO ->
                    assertThat(new ProcessBuilder("mkfifo", path.toString())
                                    .start()
                                    .waitFor())
                            .isZero();
                case SOCKET -> {
                    // its name may have 100 characters only
                    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                        Path near = Path.of("/tmp", "walvault-" + System.nanoTime());
                        socket.bind(UnixDomainSocketAddress.of(near));
                        Files.move(near, path);
                    }
                }
                case DEVICE -> Files.createSymbolicLink(path, Path.of("/dev/zero"));
                case LINK_TO_ITSELF -> Files.createSymbolicLink(path, path.getFileName());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Strange.class)
    @Timeout(60)
    void whatIsNoFileUnderAKeyIsNoAbsence(Strange strange) throws Exception {
        Files.createDirectories(root().resolve("a/b"));
        strange.at(root().resolve("a/b/c"));

        assertThat(refusal(() -> store.open(KEY))).isNotNull();
        assertThat(refusal(() -> store.head(KEY))).isNotNull();
        assertThat(refusal(() -> store.delete(KEY))).isNotNull();
        assertThat(refusal(() -> store.createIfAbsent(KEY, ONE))).isNotNull();
        assertThat(refusal(() -> {
                    try (Upload upload = store.beginUpload(KEY)) {
                        upload.body().write(1);
                        upload.commit();
                    }
                }))
                .isNotNull();
        assertThat(root().resolve("a/b")).isDirectoryContaining(path -> path.endsWith("c"));
        assertThat(filesBelow(root())).noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void aDirectoryOrAFifoUnderAKeyIsAConflict() throws Exception {
        for (Strange strange : List.of(Strange.DIRECTORY, Strange.FIFO)) {
            Files.createDirectories(root().resolve("a/b"));
            strange.at(root().resolve("a/b/c"));

            assertFails(() -> store.open(KEY), ErrorCode.STORE_OBSTRUCTED, "cannot be an object");
            assertFails(() -> store.createIfAbsent(KEY, ONE), ErrorCode.STORE_OBSTRUCTED, "cannot be an object");
            Files.delete(root().resolve("a/b/c"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FIFO", "SOCKET", "DEVICE"})
    void aListingShowsWhatIsInTheWayOfAnObject(Strange strange) throws Exception {
        Files.createDirectories(root().resolve("a/b"));
        strange.at(root().resolve("a/b/c"));

        assertThat(keys("a")).containsExactly("a/b/c");
        assertThat(store.names(ObjectKey.of("a", "b"))).containsExactly("c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b"})
    @Timeout(60)
    void whatIsNoDirectoryOnTheWayIsNoAbsenceEither(String place) throws Exception {
        for (boolean file : new boolean[] {true, false}) {
            Files.createDirectories(root().resolve("a"));
            Path obstacle = root().resolve(place);
            Files.deleteIfExists(obstacle);
            if (file) {
                Files.createFile(obstacle);
            } else {
                Strange.FIFO.at(obstacle);
            }

            assertFails(() -> store.open(KEY), ErrorCode.STORE_OBSTRUCTED, "cannot be an object");
            assertFails(() -> store.head(KEY), ErrorCode.STORE_OBSTRUCTED, "cannot be an object");
            assertFails(() -> store.createIfAbsent(KEY, ONE), ErrorCode.STORE_OBSTRUCTED, "cannot be an object");
            assertFails(() -> store.beginUpload(KEY), ErrorCode.STORE_OBSTRUCTED, "cannot be an object");
            assertFails(() -> keys("a/b"), ErrorCode.STORE_OBSTRUCTED, "cannot be an object");
            assertFails(
                    () -> store.names(ObjectKey.of("a", "b", "x")), ErrorCode.STORE_OBSTRUCTED, "cannot be an object");
            Files.delete(obstacle);
        }
    }

    private static @Nullable StoreException refusal(ThrowingCallable call) {
        try {
            call.call();
            return null;
        } catch (StoreException e) {
            return e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void deletingTheLastObjectRemovesItsDirectoriesButNotTheRoot() throws Exception {
        store.createIfAbsent(KEY, ONE);

        store.delete(KEY);

        assertThat(root()).isEmptyDirectory();
    }

    @Test
    void ofSeveralDeletionsOneThatIsInTheWayIsReportedAndTheOthersAreMade() throws Exception {
        var first = ObjectKey.of("a", "x");
        var second = ObjectKey.of("d", "e", "y");
        store.createIfAbsent(first, ONE);
        store.createIfAbsent(second, ONE);
        Files.createDirectories(root().resolve(KEY.value()));

        Deletion deletion = store.deleteAll(List.of(first, KEY, second));

        assertThat(deletion.failed()).containsOnlyKeys(KEY);
        assertFails(deletion::orThrow, ErrorCode.STORE_OBSTRUCTED, "cannot be an object");
        assertThat(filesBelow(root())).isEmpty();
        assertThat(root().resolve("d")).doesNotExist();
        assertThat(root()).isDirectory();
    }

    @Test
    void aFileThatBecomesShorterUnderAReaderOfARangeIsAnErrorAndNoEnd() throws Exception {
        store.createIfAbsent(KEY, Content.of(new byte[1_000]));

        try (Slice slice = store.open(KEY, ByteRange.of(100, 800)).orElseThrow()) {
            assertThat(slice.content().readNBytes(10)).hasSize(10);
            try (var file = FileChannel.open(root().resolve(KEY.value()), StandardOpenOption.WRITE)) {
                file.truncate(500);
            }
            assertFails(() -> slice.content().readAllBytes(), ErrorCode.CORRUPT, "became shorter");
        }
    }

    @Test
    void leftoversAreDiscardedWhenTheyAreOldEnough() throws Exception {
        store.createIfAbsent(KEY, ONE);
        Path old = Files.createFile(root().resolve("a/b/.x.0123456789abcdef.tmp"));
        Path young = Files.createFile(root().resolve("a/.y.0123456789abcdef.tmp"));
        Path foreign = Files.createFile(root().resolve("a/.profile"));
        Path elsewhere =
                Files.createFile(Files.createDirectory(root().resolve("z")).resolve(".x.0123456789abcdef.tmp"));
        for (Path file : List.of(old, foreign, elsewhere, root().resolve("a/b/c"))) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
        }

        assertThat(store.discardAbandonedUploads(ObjectKey.of("a"), Duration.ofDays(2)))
                .isEqualTo(1);

        assertThat(old).doesNotExist();
        assertThat(List.of(young, foreign, elsewhere, root().resolve("a/b/c"))).allMatch(Files::exists);
    }

    @Test
    void nothingIsDiscardedBehindALink(@TempDir Path outside) throws Exception {
        store.createIfAbsent(KEY, ONE);
        Path foreign = Files.createFile(outside.resolve(".x.0123456789abcdef.tmp"));
        Files.createSymbolicLink(root().resolve("a/planted"), outside);

        assertThat(store.discardAbandonedUploads(ObjectKey.of("a"), Duration.ofSeconds(-10)))
                .isZero();

        assertThat(foreign).exists();
    }

    @Test
    void anUploadWhoseFileWasDiscardedFailsInsteadOfPublishing() throws Exception {
        try (Upload upload = store.beginUpload(KEY)) {
            upload.body().write(1);
            Files.setLastModifiedTime(
                    root().resolve(filesBelow(root()).getFirst()),
                    FileTime.from(Instant.now().minusSeconds(60)));
            assertThat(store.discardAbandonedUploads(ObjectKey.of("a"), Duration.ofSeconds(30)))
                    .isEqualTo(1);

            upload.body().write(new byte[1_000_000]);
            // only a write after the discarding could have told
            assertThatThrownBy(upload::commit).isInstanceOf(StoreException.class);
        }

        assertThat(store.head(KEY)).isEmpty();
    }

    @Test
    void anUploadIsCommittedOnceAndNotWrittenAfterwards() throws Exception {
        try (Upload upload = store.beginUpload(KEY)) {
            upload.commit();

            assertThatThrownBy(upload::commit).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> upload.body().write(1)).isInstanceOf(IllegalStateException.class);
            upload.body().close();
        }
    }

    @Test
    void aReaderKeepsWhatItOpenedWhenTheObjectIsDeleted() throws Exception {
        store.createIfAbsent(KEY, ONE);

        try (InputStream in = store.open(KEY).orElseThrow()) {
            store.delete(KEY);
            assertThat(in.readAllBytes()).containsExactly(1);
        }
    }

    @Test
    void readingAfterClosingIsAnErrorOfTheStore() throws Exception {
        store.createIfAbsent(KEY, ONE);
        InputStream in = store.open(KEY).orElseThrow();
        in.close();

        assertThatThrownBy(in::read).isInstanceOf(StoreException.class).hasMessageContaining("could not read");
    }

    @Test
    void aKilledWriterLeavesWhatItAcknowledgedAndNothingHalfDone() throws Exception {
        int acknowledged = -1;
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Victim.class.getName(),
                        root().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged = Integer.parseInt(line);
                if (acknowledged == 20) {
                    // the process's own method would close the stream as well, with names still in it
                    victim.toHandle().destroyForcibly();
                }
            }
            victim.waitFor();
        }

        assertThat(acknowledged).isGreaterThanOrEqualTo(20);
        for (int number = 0; number <= acknowledged; number++) {
            assertThat(read(Victim.keyOf(number))).contains(Victim.contentOf(number));
        }
        try (Stream<StoredObject> listing = store.list(ObjectKey.of("a"))) {
            assertThat(listing).allMatch(each -> each.bytesStored() == Victim.LENGTH);
        }
        assertThat(store.head(ObjectKey.of("a", "unfinished"))).isEmpty();
        assertThat(store.discardAbandonedUploads(ObjectKey.of("a"), Duration.ofMinutes(-1)))
                .isBetween(1, 2);
        assertThat(filesBelow(root())).noneMatch(name -> name.endsWith(".tmp"));
    }

    private List<ThrowingCallable> everyCall() {
        return List.of(
                () -> store.open(KEY),
                () -> store.open(KEY, ByteRange.last(1)),
                () -> store.head(KEY),
                () -> store.delete(KEY),
                () -> store.deleteAll(List.of(KEY)).orThrow(),
                () -> keys("a"),
                () -> store.createIfAbsent(KEY, ONE),
                () -> store.beginUpload(KEY),
                () -> store.discardAbandonedUploads(ObjectKey.of("a"), Duration.ZERO));
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(ArchiverException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(((ArchiverException) e).code()).isEqualTo(code))
                .satisfies(e -> assertThat(((ArchiverException) e).hint()).isPresent());
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String message, String hint) {
        assertFails(call, code, message);
        assertThatThrownBy(call)
                .satisfies(e ->
                        assertThat(((ArchiverException) e).hint().orElseThrow()).contains(hint));
    }

    private static List<String> filesBelow(Path directory) throws Exception {
        try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
