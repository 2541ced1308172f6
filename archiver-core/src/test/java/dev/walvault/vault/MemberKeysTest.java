package dev.walvault.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.Seeds;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layout of docs/FORMAT.md. */
class MemberKeysTest {
    private static final String ROOT = "orders/members/main/17443322110099887766/";
    private static final BackupId ID = BackupId.parse("20261120T221530Z");

    private final MemberKeys keys = new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.SYSTEM);

    @ParameterizedTest
    @CsvSource({
        "000000010000000A0000002F, wal/00000001/0000000A/000000010000000A0000002F",
        "FFFFFFFFFFFFFFFF00000FFF, wal/FFFFFFFF/FFFFFFFF/FFFFFFFFFFFFFFFF00000FFF",
        "000000020000000000000005.partial, wal/00000002/00000000/000000020000000000000005.partial",
        "00000002000000000000000A.00000028.backup, wal/00000002/00000000/00000002000000000000000A.00000028.backup",
        "0000000B.history, history/0000000B.history",
    })
    void aWalFileHasTheKeyOfTheFormat(String name, String key) {
        assertThat(keys.wal(WalFile.parse(name))).isEqualTo(new ObjectKey(ROOT + key));
        assertThat(keys.nameOf(keys.wal(WalFile.parse(name)))).isEqualTo(Vaults.SYSTEM + "/" + key);
    }

    @Test
    void aBackupHasTheKeysOfTheFormat() {
        assertThat(keys.identity()).hasToString(ROOT + "identity.json");
        assertThat(keys.pack(ID, 1)).hasToString(ROOT + "backups/20261120T221530Z/packs/000001");
        assertThat(keys.pack(ID, 1234567)).hasToString(ROOT + "backups/20261120T221530Z/packs/1234567");
        assertThat(keys.manifest(ID)).hasToString(ROOT + "backups/20261120T221530Z/manifest");
        assertThat(keys.complete(ID)).hasToString(ROOT + "backups/20261120T221530Z/complete.json");
    }

    @ParameterizedTest
    @CsvSource({
        "before_release-7, before_release-7",
        "., %2E",
        ".., %2E%2E",
        "a/b, a%2Fb",
        "50% off, 50%25%20off",
        "größe, gr%C3%B6%C3%9Fe",
        "🐘, %F0%9F%90%98",
    })
    void anOddRestorePointNameIsPercentEncoded(String name, String encoded) {
        assertThat(keys.pendingPoint(name)).hasToString(ROOT + "points/" + encoded + "/pending.json");
        var point = new RestorePoint(name, Lsn.parse("16/3000060"), TimelineId.parse("31"), Vaults.NOW);
        assertThat(keys.point(point)).hasToString(ROOT + "points/" + encoded + "/0000001F-0000001603000060.json");
    }

    @Test
    void aNameThatIsNoUtf8HasTheKeyOfItsBytes() {
        var point = new RestorePoint("caf\udce9", Lsn.parse("16/3000060"), TimelineId.FIRST, Vaults.NOW);

        assertThat(keys.point(point)).hasToString(ROOT + "points/caf%E9/00000001-0000001603000060.json");
    }

    @ParameterizedTest
    @CsvSource({"false, ''", "true, -unknown"})
    void aRunOfIndexedSegmentsIsReadFromItsKey(boolean silent, String suffix) {
        var first = (WalFile.Segment) WalFile.parse("0000001F0000000A000000FE");
        var last = (WalFile.Segment) WalFile.parse("0000001F0000000B00000003");
        var run = new IndexedWal.Run(first, last, silent);

        ObjectKey key = keys.indexed(run);

        assertThat(key).hasToString(ROOT + "indexed/0000001F/0000000A000000FE-0000000B00000003" + suffix + ".json");
        assertThat(keys.indexedRun(key)).contains(run);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "indexed/0000001F/0000000A000000FE.json",
                "indexed/0000001F/0000000A000000FE-0000000B00000003-maybe.json",
                "indexed/0000001f/0000000a000000fe-0000000b00000003.json",
                "indexed/x/0000001F/0000000A000000FE-0000000B00000003.json",
                "indexed/00000000/0000000A000000FE-0000000B00000003.json",
                "indexed/0000001F/0000000B00000003-0000000A000000FE.json",
            })
    void whatIsNoRunOfIndexedSegmentsIsNone(String key) {
        assertThat(keys.indexedRun(new ObjectKey(ROOT + key))).isEmpty();
    }

    @Test
    void everyRestorePointNameHasASafeKeyOfItsOwnThatTellsTheName() {
        var seen = new HashMap<ObjectKey, String>();
        Seeds.forEach(500, random -> {
            var text = new StringBuilder();
            for (int i = random.nextInt(15); i >= 0; i--) {
                int c = random.nextInt(4) == 0 ? random.nextInt(0xA0, 0xD7FF) : random.nextInt(0x20, 0x7F);
                text.appendCodePoint(c);
            }
            String name = text.toString();
            RestorePoint.requireName(name);

            ObjectKey key = keys.pendingPoint(name);

            String encoded = List.of(key.value().split("/", -1)).get(5);
            assertThat(encoded).matches("(?:[A-Za-z0-9_-]|%[0-9A-F]{2})+");
            assertThat(URLDecoder.decode(encoded, StandardCharsets.UTF_8)).isEqualTo(name);
            assertThat(seen.merge(key, name, (old, same) -> old)).isEqualTo(name);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"main", "_", "0", "a.b-c_d", "db1.example.org"})
    void aNameOfTheFormatIsTaken(String name) {
        assertThat(new Name(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".a", "-a", "a/b", "a b", "ä", "a\n", "../../etc", "vault.json"})
    void anyOtherNameIsRefused(String name) {
        assertThatThrownBy(() -> new Name(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("invalid name");
    }

    @Test
    void aNameIsNotLongerThan63() {
        assertThat(new Name("a".repeat(63)).value()).hasSize(63);
        assertThatThrownBy(() -> new Name("a".repeat(64))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "vault.json, DOCUMENT",
        "main/cluster.json, DOCUMENT",
        "wal/members/backups/7/identity.json, DOCUMENT",
        "main/members/main/7/wal/00000001/00000000/000000010000000000000001, WAL",
        "main/members/main/7/history/00000002.history, WAL",
        "main/members/main/7/backups/20261120T221530Z/packs/000001, BACKUP",
        "main/members/main/7/backups/20261120T221530Z/manifest, BACKUP",
        "main/members/main/7/backups/20261120T221530Z/complete.json, DOCUMENT",
        "main/members/main/7/points/x/00000001-0000000000000001.json, DOCUMENT",
    })
    void theLayoutTellsTheKindOfAnObject(String key, ObjectKind kind) {
        assertThat(MemberKeys.kindOf(new ObjectKey(key))).isEqualTo(kind);
    }
}
