package dev.walvault.restore;

import static dev.walvault.reach.Fixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.Seeds;
import dev.walvault.host.Disk;
import dev.walvault.observe.Cancellation;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.Fixture.PackedBackup;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Backup;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestTotals;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A backup that is damaged or hostile is refused, and nothing of it is left. */
class RestoreOfDamagedBackupTest extends BackupToRestore {
    @Test
    void hostilePathsWriteNothingAnywhere() throws Exception {
        for (String path : List.of("../evil", "/evil", "a/../../evil", "a//b", "./a", "..", "a/.", "")) {
            vault = new Fixture();
            var packing = ordinary();
            var listed = new ManifestEntry.File(path, 1, Fixture.NOW, 0600, 0, List.of(), 0);
            Backup backup = packing.file(path, bytes("x"), listed).complete();

            refused(ErrorCode.CORRUPT, backup);

            nothingIsLeft();
            try (Stream<Path> entries = Files.list(temporary)) {
                assertThat(entries).isEmpty();
            }
        }
    }

    @Test
    void noFileIsWrittenThroughALinkOfTheBackup() throws Exception {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Backup backup = ordinary()
                .link("trap", outside.toString())
                .pack()
                .file("trap/evil", bytes("x"))
                .complete();

        refused(ErrorCode.CORRUPT, backup);

        assertThat(outside).isEmptyDirectory();
        nothingIsLeft();
    }

    @Test
    void aNameThatNeverEndsIsRefusedBeforeItIsHeld() throws Exception {
        PackedBackup packing = ordinary().longName(3 << 20).file("x", new byte[4 << 20]);
        packing.packDigest = digest -> new ContentDigest(Math.min(digest.length(), 4 << 20), digest.xxh64());

        refused(ErrorCode.CORRUPT, packing.complete())
                .satisfies(e -> assertThat(((ArchiverException) e).detail())
                        .hasValueSatisfying(detail ->
                                assertThat(detail).contains("headers of an entry have more than 1048576 bytes")));
        nothingIsLeft();
    }

    private static Backup promising(Backup honest, long bytes, ContentDigest manifest) {
        return new Backup(
                honest.facts(),
                honest.files(),
                bytes,
                honest.packs(),
                honest.bytesStored(),
                manifest,
                honest.manifestStored(),
                honest.packList(),
                honest.host(),
                honest.version());
    }

    @Test
    void moreThanWasPromisedIsRefusedBeforeItIsWritten() throws Exception {
        Backup honest = ordinary().file("more", new byte[100_000]).complete();
        Backup promised = promising(honest, 50_000, honest.manifest());

        refused(ErrorCode.CORRUPT, promised)
                .satisfies(e -> assertThat(((ArchiverException) e).detail())
                        .hasValueSatisfying(detail -> assertThat(detail).endsWith("and lists more.")));
        nothingIsLeft();
    }

    @Test
    void aPackThatIsLongerThanItsEntriesIsRefusedBeforeItIsRead() throws Exception {
        PackedBackup packing = ordinary();
        packing.packDigest = digest -> new ContentDigest(1L << 40, digest.xxh64());

        refused(ErrorCode.CORRUPT, packing.complete())
                .satisfies(e -> assertThat(((ArchiverException) e).detail())
                        .hasValueSatisfying(detail -> assertThat(detail).contains("its entries have no more than")));
        nothingIsLeft();
    }

    @Test
    void aPackIsNotReadBeyondItsLength() throws Exception {
        PackedBackup packing = ordinary();
        packing.packDigest = digest -> new ContentDigest(digest.length() - 1, digest.xxh64());

        refused(ErrorCode.CORRUPT, packing.complete())
                .satisfies(e -> assertThat(((ArchiverException) e).detail())
                        .hasValueSatisfying(detail -> assertThat(detail).endsWith("bytes, and has more.")));
        nothingIsLeft();
    }

    @Test
    void anotherManifestIsFoundBeforeAnythingIsTouched() throws Exception {
        Backup honest = ordinary().complete();
        var other =
                new ContentDigest(honest.manifest().length(), honest.manifest().xxh64() ^ 1);

        Faults.of(() -> require(promising(honest, honest.bytes(), other), _ -> false))
                .is(ErrorCode.CORRUPT)
                .says("the manifest of backup " + honest.id() + " is damaged");
        require(honest, _ -> false);

        nothingIsLeft();
        assertThat(events).isEmpty();
    }

    @Test
    void headersOfTheWholeArchiveAreRefusedBeforeManyAreHeld() throws Exception {
        Backup backup =
                ordinary().globalHeader("key", "value").file("x", bytes("x")).complete();

        refused(ErrorCode.CORRUPT, backup)
                .satisfies(e -> assertThat(((ArchiverException) e).detail())
                        .hasValueSatisfying(detail -> assertThat(detail).contains("pax headers that no backup has")));
        nothingIsLeft();
    }

    @Test
    void settingsThatAreFarTooLongAreRefused() throws Exception {
        Backup backup =
                ordinary().file("postgresql.auto.conf", new byte[2 << 20]).complete();

        refused(ErrorCode.CORRUPT, backup)
                .satisfies(e -> assertThat(((ArchiverException) e).detail())
                        .hasValueSatisfying(detail -> assertThat(detail).contains("more than it ever has")));
        nothingIsLeft();
    }

    @Test
    void aFlippedByteOfAPackLeavesNothing() throws Exception {
        Backup backup = ordinary().complete();
        vault.damage("packs/000002", object -> {
            object[object.length / 2] ^= 1;
            return object;
        });

        refused(ErrorCode.CORRUPT, backup);
        nothingIsLeft();
    }

    @Test
    void theHintNamesTheNextBestBackupWhateverTheDamage() throws Exception {
        PackedBackup packing = ordinary();
        packing.packDigest = digest -> new ContentDigest(digest.length() - 1, digest.xxh64());
        Backup wrongDigest = packing.complete();
        hintsAtAnother(wrongDigest);

        vault = new Fixture();
        Backup cut = ordinary().complete();
        vault.damage("packs/000002", object -> {
            Arrays.fill(object, object.length / 2, object.length, (byte) 0);
            return object;
        });
        hintsAtAnother(cut);
    }

    /** Before the change of keys there may be one that this key opens. */
    @Test
    void theHintNamesTheNextBestBackupIfThisOneIsForAnotherKey() throws Exception {
        vault = new Fixture(Vaults.keyring(AgeKey.generate()));
        Backup backup = ordinary().complete();
        MemberVaults reader = MemberVaults.of(vault.on(vault.store, Vaults.keyring(AgeKey.generate())));

        Faults.of(() -> restore(reader, withNextBest(backup), TablespaceMapping.NONE, new Cancellation()))
                .is(ErrorCode.KEY_WRONG)
                .says("Give the identity file", "--backup " + Fixture.id(1));
        Faults.of(() -> restore(reader, plan(backup), TablespaceMapping.NONE, new Cancellation()))
                .is(ErrorCode.KEY_WRONG)
                .hints("Give the identity file of one of the object's recipients.");
        nothingIsLeft();
    }

    /** With a backup that leads to the target as well. */
    private static RestorePlan withNextBest(Backup backup) {
        RestorePlan alone = plan(backup);
        return new RestorePlan(
                backup,
                alone.timeline(),
                alone.choice(),
                alone.target(),
                alone.wal(),
                alone.outlook(),
                Optional.empty(),
                Optional.of(Fixture.id(1)),
                List.of());
    }

    private void hintsAtAnother(Backup backup) {
        assertThatThrownBy(() -> restore(withNextBest(backup), TablespaceMapping.NONE, new Cancellation()))
                .satisfies(e -> assertThat(((ArchiverException) e).hint())
                        .contains("The next best backup is " + Fixture.id(1) + ": take it with --backup "
                                + Fixture.id(1) + "."));
        refused(ErrorCode.CORRUPT, backup)
                .satisfies(e -> assertThat(((ArchiverException) e).hint())
                        .hasValueSatisfying(hint -> assertThat(hint).contains("No other backup", "--vault")));
    }

    @Test
    void aPackThatWasCutOrSwappedOrIsMissingLeavesNothing() throws Exception {
        Backup backup = ordinary().complete();
        byte[][] first = new byte[1][];
        vault.damage("packs/000001", object -> {
            first[0] = object.clone();
            return Arrays.copyOf(object, object.length - 1);
        });
        refused(ErrorCode.CORRUPT, backup);
        nothingIsLeft();

        vault.damage("packs/000001", object -> first[0]);
        vault.damage("packs/000002", object -> first[0]);
        refused(ErrorCode.CORRUPT, backup);
        nothingIsLeft();

        vault.store.delete(vault.key("packs/000002"));
        refused(ErrorCode.CORRUPT, backup).hasMessageContaining("missing");
        nothingIsLeft();
    }

    @Test
    void contentThatTheManifestDoesNotListIsRefused() throws Exception {
        Backup wrongContent = ordinary().file("x", bytes("is"), bytes("as")).complete();
        refused(ErrorCode.CORRUPT, wrongContent)
                .satisfies(e -> assertThat(((ArchiverException) e).detail())
                        .hasValueSatisfying(detail -> assertThat(detail).contains("CRC-32C")));
        nothingIsLeft();

        vault = new Fixture();
        Backup wrongSize = ordinary().file("x", bytes("is"), bytes("longer")).complete();
        refused(ErrorCode.CORRUPT, wrongSize);
        nothingIsLeft();

        vault = new Fixture();
        Backup wrongKind = ordinary()
                .file("x", bytes("is"), new ManifestEntry.Directory("x", 0700))
                .complete();
        refused(ErrorCode.CORRUPT, wrongKind);
        nothingIsLeft();

        vault = new Fixture();
        PackedBackup packing = ordinary();
        packing.packDigest = digest -> new ContentDigest(digest.length(), digest.xxh64() + 1);
        Backup wrongDigest = packing.complete();
        refused(ErrorCode.CORRUPT, wrongDigest).hasMessageContaining("pack 3");
        nothingIsLeft();
    }

    @Test
    void aPathThatIsThereTwiceIsRefused() throws Exception {
        Backup twice = ordinary().file("base/5/16385", bytes("again")).complete();
        refused(ErrorCode.CORRUPT, twice).hasMessageContaining("twice");
        nothingIsLeft();

        vault = new Fixture();
        Backup below = ordinary().file("PG_VERSION/x", bytes("?")).complete();
        refused(ErrorCode.CORRUPT, below);
        nothingIsLeft();
    }

    @Test
    void aManifestThatDoesNotBalanceIsRefused() throws Exception {
        PackedBackup packing = ordinary();
        packing.totals = totals -> new ManifestTotals(totals.packs(), totals.files() + 1, totals.bytes());
        refused(ErrorCode.CORRUPT, packing.complete());
        nothingIsLeft();

        vault = new Fixture();
        Backup honest = ordinary().complete();
        Backup promised = promising(honest, honest.bytes() + 1, honest.manifest());
        refused(ErrorCode.CORRUPT, promised);
        nothingIsLeft();

        Backup other = promising(
                honest, honest.bytes(), new ContentDigest(honest.manifest().length(), 1));
        refused(ErrorCode.CORRUPT, other);
        nothingIsLeft();
    }

    @Test
    void aBackupWithoutLabelOrControlFileIsRefused() throws Exception {
        Backup noControl =
                ordinary().file("backup_label", bytes("label")).pack().finish();
        refused(ErrorCode.CORRUPT, noControl);
        nothingIsLeft();

        vault = new Fixture();
        Backup noLabel = ordinary().file("global/pg_control", bytes("c")).pack().finish();
        refused(ErrorCode.CORRUPT, noLabel);
        nothingIsLeft();
    }

    @Test
    void aChangedByteIsRefusedOrMakesNoDifference() {
        Seeds.forEach(20, random -> {
            vault = new Fixture();
            data = temporary.resolve("seed" + random.nextInt(Integer.MAX_VALUE));
            Backup backup = ordinary().complete();
            List<ObjectKey> keys = vault.store.keys().stream()
                    .filter(key ->
                            key.value().contains("/packs/") || key.value().endsWith("/manifest"))
                    .toList();
            vault.store.damage(keys.get(random.nextInt(keys.size())), object -> {
                object[random.nextInt(object.length)] ^= (byte) (1 << random.nextInt(8));
                return object;
            });

            try {
                restore(backup);
            } catch (ArchiverException _) {
                nothingIsLeft();
                return;
            }
            assertThat(data.resolve("PG_VERSION")).hasContent("15");
            assertThat(data.resolve("base/5/16384")).hasSize(3 << 20);
        });
    }

    @Test
    void aNameThatNoFileCanHaveIsRefused() throws Exception {
        Backup backup = ordinary().file("base/" + "x".repeat(256), bytes("x")).complete();

        refused(ErrorCode.CORRUPT, backup).hasMessageContaining("cannot be a file name");
        nothingIsLeft();
    }

    @Test
    void aPathIsOnlyEverBelowTheRoot() throws Exception {
        var tree = new RestoredTree(Disk.ofThisHost(), Files.createDirectory(data), Bandwidth.unlimited());

        for (String path : List.of("../evil", "/evil", "a/../../evil", "a//b", "./a", "..", "a/.", "", "a/", "a\0b")) {
            assertThatThrownBy(() -> tree.place(path)).as(path).isInstanceOf(ArchiverException.class);
        }
        assertThat(data).isEmptyDirectory();
        assertThat(tree.place("a/..b")).isEqualTo(data.resolve("a/..b"));
    }
}
