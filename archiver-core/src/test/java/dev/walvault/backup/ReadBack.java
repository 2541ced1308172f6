package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.FileNames;
import dev.walvault.vault.Backup;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestHead;
import dev.walvault.vault.ManifestPack;
import dev.walvault.vault.ManifestReader;
import dev.walvault.vault.MemberVault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A stored backup, all of it, in the order in which its packs are restored. Reading it checks that everything that is
 * said twice is said alike: tar and manifest, manifest and digest, manifest and {@code complete.json}.
 */
record ReadBack(ManifestHead head, List<ManifestPack> packs, List<String> order, Map<String, Stored> entries) {

    /** @param pack all of the tar stream that it is in */
    record Stored(ManifestEntry manifest, ByteBuffer content, ByteBuffer pack) {
        /** What is in the tar where the manifest says that the content begins. */
        ByteBuffer atItsPlace() {
            var file = (ManifestEntry.File) manifest;
            return pack.slice(Math.toIntExact(file.at()), Math.toIntExact(file.size()));
        }
    }

    static ReadBack of(MemberVault member, Backup backup) throws IOException {
        var packs = new ArrayList<ManifestPack>();
        ManifestHead head;
        try (var unsealed = member.backups().openManifest(backup)) {
            var reader = new ManifestReader("manifest", unsealed.content());
            head = reader.head();
            for (Optional<ManifestPack> pack = reader.nextPack(); pack.isPresent(); pack = reader.nextPack()) {
                packs.add(pack.get());
            }
            assertThat(reader.totals().packs()).isEqualTo(backup.packs());
            assertThat(reader.totals().files()).isEqualTo(backup.files());
            assertThat(reader.totals().bytes()).isEqualTo(backup.bytes());
            assertThat(unsealed.content().read()).isNegative();
            assertThat(unsealed.digest()).isEqualTo(backup.manifest());
        }
        assertThat(head.facts()).isEqualTo(backup.facts());
        packs.sort(Comparator.comparingInt(ManifestPack::number));
        var order = new ArrayList<String>();
        var entries = new LinkedHashMap<String, Stored>();
        for (int i = 0; i < packs.size(); i++) {
            assertThat(packs.get(i).number()).isEqualTo(i + 1);
            read(member, backup, packs.get(i), order, entries);
        }
        return new ReadBack(head, packs, order, entries);
    }

    private static void read(
            MemberVault member, Backup backup, ManifestPack pack, List<String> order, Map<String, Stored> entries)
            throws IOException {
        try (var unsealed = member.backups().openPack(backup, pack.number())) {
            byte[] stream = unsealed.content().readAllBytes();
            var tar = new TarArchiveInputStream(new ByteArrayInputStream(stream), FileNames.TAR_ENCODING);
            for (ManifestEntry listed : pack.entries()) {
                TarArchiveEntry entry = tar.getNextEntry();
                assertThat(entry).as(listed.path()).isNotNull();
                byte[] content = tar.readAllBytes();
                same(entry, listed, content);
                order.add(listed.path());
                assertThat(entries.put(
                                listed.path(), new Stored(listed, ByteBuffer.wrap(content), ByteBuffer.wrap(stream))))
                        .as("%s is there once", listed.path())
                        .isNull();
            }
            assertThat(tar.getNextEntry()).isNull();
            assertThat(unsealed.digest()).isEqualTo(pack.digest());
        }
    }

    private static void same(TarArchiveEntry tar, ManifestEntry listed, byte[] content) {
        switch (listed) {
            case ManifestEntry.Directory directory -> {
                assertThat(tar.isDirectory()).isTrue();
                assertThat(tar.getName()).isEqualTo(FileNames.inTar(directory.path()) + "/");
                assertThat(tar.getMode() & 07777).isEqualTo(directory.mode());
            }
            case ManifestEntry.Link link -> {
                assertThat(tar.isSymbolicLink()).isTrue();
                assertThat(tar.getName()).isEqualTo(FileNames.inTar(link.path()));
                assertThat(tar.getLinkName()).isEqualTo(FileNames.inTar(link.target()));
            }
            case ManifestEntry.File file -> {
                assertThat(tar.isFile()).isTrue();
                assertThat(tar.getName()).isEqualTo(FileNames.inTar(file.path()));
                assertThat(tar.getMode() & 07777).isEqualTo(file.mode());
                assertThat(tar.getLastModifiedTime().toInstant()).isEqualTo(file.modified());
                assertThat((long) content.length).isEqualTo(file.size()).isEqualTo(tar.getSize());
                var crc = new CRC32C();
                crc.update(content);
                assertThat((int) crc.getValue()).isEqualTo(file.crc32c());
            }
            case ManifestEntry.Part part -> throw new AssertionError("no file is so large: " + part);
        }
    }

    byte[] content(String path) {
        return entry(path).content().array();
    }

    ManifestEntry.File file(String path) {
        return (ManifestEntry.File) entry(path).manifest();
    }

    Stored entry(String path) {
        Stored stored = entries.get(path);
        if (stored == null) {
            throw new AssertionError("\"" + path + "\" is not among " + order);
        }
        return stored;
    }
}
