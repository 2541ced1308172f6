package dev.walvault.restore;

import static dev.walvault.reach.Fixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.observe.Cancellation;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.Fixture.PackedBackup;
import dev.walvault.store.FaultyStore;
import dev.walvault.vault.Backup;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vaults.MemberVaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is in several packs. */
class CutFileTest extends BackupToRestore {
    private static final String PATH = "base/5/16390";
    private static final int PART = 700_001;

    private final byte[] content = new byte[3 * PART - 5];

    CutFileTest() {
        new SplittableRandom(7).nextBytes(content);
    }

    @Test
    void itsPartsBecomeOneFileWhateverTheirOrder() throws Exception {
        PackedBackup packing = ordinary();
        for (int number : new int[] {3, 1, 2}) {
            part(packing, number, 3).pack();
        }
        Backup backup = packing.complete();

        restore(backup);

        assertThat(data.resolve(PATH)).hasBinaryContent(content);
        assertThat(Files.getLastModifiedTime(data.resolve(PATH)).toInstant()).isEqualTo(Fixture.NOW);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(PATH))))
                .isEqualTo("r--------");
        assertThat(data.resolve(ManifestEntry.Part.DIRECTORY)).doesNotExist();
        assertThat(backup.files()).isEqualTo(8 + 1);
        assertThat(Files.readString(data.resolve("backup_manifest")))
                .contains("\"Path\": \"" + PATH + "\", \"Size\": " + content.length, "\"Checksum\": \"" + crc() + "\"");
    }

    /** As PostgreSQL prints it: the lowest byte first. */
    private String crc() {
        var crc = new CRC32C();
        crc.update(content);
        return HexFormat.of().toHexDigits(Integer.reverseBytes((int) crc.getValue()));
    }

    @Test
    void aDamagedPartIsWrittenAnewFromItsOwnBeginning() throws Exception {
        PackedBackup packing = ordinary();
        part(packing, 1, 3).pack();
        part(packing, 2, 3).pack();
        part(packing, 3, 3).pack();
        Backup backup = packing.complete();
        var flipping = new FaultyStore(vault.store);
        flipping.flipByte(vault.key(backup.id() + "/packs/000004"), PART / 2);
        var vaults = MemberVaults.of(List.of(vault.member), List.of(vault.on(flipping), vault.member));

        restore(vaults, plan(backup), TablespaceMapping.NONE, new Cancellation());

        assertThat(events).anyMatch(event -> event instanceof RestoreEvent.ReadAgain);
        assertThat(data.resolve(PATH)).hasBinaryContent(content);
    }

    @Test
    void aPartThatIsMissingIsDamage() throws Exception {
        PackedBackup packing = ordinary();
        part(packing, 1, 3).pack();
        part(packing, 3, 3).pack();

        refused(ErrorCode.CORRUPT, packing.complete())
                .satisfies(e -> assertThat(((ArchiverException) e).detail().orElseThrow())
                        .contains("the parts of \"" + PATH + "\" do not make a file"));
        nothingIsLeft();
    }

    @Test
    void aPartMoreIsDamage() throws Exception {
        PackedBackup packing = ordinary();
        part(packing, 1, 3).pack();
        part(packing, 2, 3).pack();
        part(packing, 2, 3).pack();
        part(packing, 3, 3).pack();
        refused(ErrorCode.CORRUPT, packing.complete());
        nothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({"-1", "1", "1000000000000"})
    void aPartInAnotherPlaceIsDamage(long moved) throws Exception {
        PackedBackup packing = ordinary();
        part(packing, 1, 3).pack();
        part(packing, 3, 3).pack();
        packing.part(PATH, 2, 3, PART + moved, piece(2), 0400).pack();

        refused(ErrorCode.CORRUPT, packing.complete());
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"global/pg_control", "backup_label", "postgresql.auto.conf", "backup_manifest"})
    void whatTheRestoreWritesItselfIsNeverInParts(String path) throws Exception {
        PackedBackup packing = ordinary().part(path, 1, 1, 0, bytes("a"), 0600).pack();

        refused(ErrorCode.CORRUPT, packing.complete());
        nothingIsLeft();
    }

    @Test
    void aFileIsNotWrittenAsAWholeAndInParts() throws Exception {
        PackedBackup packing = ordinary().file(PATH, bytes("whole")).pack();
        part(packing, 1, 3).pack();

        refused(ErrorCode.CORRUPT, packing.complete());
        nothingIsLeft();
    }

    private PackedBackup part(PackedBackup packing, int number, int of) throws IOException {
        return packing.part(PATH, number, of, (number - 1L) * PART, piece(number), 0400);
    }

    private byte[] piece(int number) {
        return Arrays.copyOfRange(content, (number - 1) * PART, Math.min(content.length, number * PART));
    }
}
