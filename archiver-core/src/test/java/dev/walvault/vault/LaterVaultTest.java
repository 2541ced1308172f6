package dev.walvault.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.backup.GoldenVaultMaker;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.GoldenObjects;
import dev.walvault.seal.Unsealed;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.ObjectKey;
import java.io.IOException;
import java.io.OutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a later version may add to a golden vault: this one ignores it, or refuses the object as too new. */
class LaterVaultTest {
    private static final MemberKeys KEYS = new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, GoldenVaultMaker.SYSTEM);

    /** Each in a vault of its own, for a test to change. Whether a name is reserved or indexed, its key alone says. */
    private static Stream<Arguments> everyObject() {
        return GoldenVault.all().stream()
                .flatMap(vault -> vault.store().keys().stream()
                        .filter(key -> !key.value().contains("/indexed/")
                                && !key.name().equals("pending.json"))
                        .map(key -> Arguments.of(vault.copy(), key)));
    }

    private static boolean isDocument(ObjectKey key) {
        return key.value().endsWith(".json") || key.value().endsWith(".jsonl");
    }

    @ParameterizedTest
    @MethodSource("everyObject")
    void anObjectThatRequiresAnUnknownWordIsTooNew(GoldenVault vault, ObjectKey key) throws Exception {
        change(vault, key, "\"requires\":[\"tape\"]", "requires=tape");

        Faults.of(() -> read(vault, key)).is(ErrorCode.FORMAT_TOO_NEW).says("tape");
    }

    @ParameterizedTest
    @MethodSource("everyObject")
    void whatOnlyInformsIsIgnored(GoldenVault vault, ObjectKey key) throws Exception {
        change(vault, key, "\"weather\":{\"sky\":[\"grey\"]}", "weather=grey");

        if (key.name().equals("packs.jsonl")) {
            // complete.json has its digest
            Faults.of(() -> read(vault, key)).is(ErrorCode.CORRUPT);
        } else {
            read(vault, key);
        }
    }

    /** Puts a member into a document or metadata frame, or a word into the stanza of an encrypted object. */
    private static void change(GoldenVault vault, ObjectKey key, String member, String word) throws Exception {
        byte[] stored = vault.bytes(key);
        byte[] changed;
        if (vault.encrypted() && !isDocument(key)) {
            changed = GoldenObjects.withWord(stored, KEYS.nameOf(key), word);
        } else {
            String longer = latin(stored).replaceFirst("\"walvault\":1", "\"walvault\":1," + member);
            String padding = " {" + (member.length() + 1) + "}\n";
            changed = latin(isDocument(key) ? longer : longer.replaceFirst(padding, "\n"));
        }
        assertThat(changed).isNotEqualTo(stored);
        vault.store().damage(key, _ -> changed);
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    private static byte[] latin(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** Reads one object to its end, whoever has written it. */
    private static void read(GoldenVault vault, ObjectKey key) throws IOException {
        Keyring keyring = vault.reader(TrustedWriters.everybody());
        if (key.equals(MemberKeys.clusterDocument(Vaults.CLUSTER))) {
            vault.access(keyring).vault().createCluster(Vaults.CLUSTER, Vaults.NOW);
            return;
        }
        MemberVault member = vault.open(keyring);
        String name = key.name();
        if (name.equals("identity.json")) {
            member.requireIdentity();
        } else if (key.value().contains("/points/")) {
            RestorePointList points = member.restorePoints().all();
            if (!points.unreadable().isEmpty()) {
                throw points.unreadable().getFirst();
            }
        } else if (key.value().contains("/backups/")) {
            Backup backup =
                    member.backups().find(BackupId.parse("20261120T221530Z")).orElseThrow();
            if (name.equals("packs.jsonl")) {
                member.backups().packList(backup);
            } else if (name.equals("manifest")) {
                end(member.backups().openManifest(backup));
            } else if (!isDocument(key)) {
                end(member.backups().openPack(backup, Integer.parseInt(name)));
            }
        } else if (!isDocument(key)) {
            end(member.wal().open(WalFile.parse(name)).orElseThrow());
        }
    }

    private static void end(Unsealed unsealed) throws IOException {
        try (unsealed) {
            unsealed.content().transferTo(OutputStream.nullOutputStream());
        }
    }
}
