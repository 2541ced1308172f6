package dev.walvault.cli;

import static dev.walvault.reach.Fixture.PLAIN;
import static dev.walvault.reach.Fixture.SIZE;
import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.facts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.json.JsonText;
import dev.walvault.reach.Fixture;
import dev.walvault.store.fs.FsStore;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Name;
import dev.walvault.vault.SystemIdentity;
import dev.walvault.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator has to weigh of a restore is the same for people and for programs. */
class RestoreWarningsTest {
    @TempDir
    Path directory;

    /** One that can be restored, with a link in it, and a newer one that is damaged. */
    private void backups(Site site) throws IOException {
        var fixture = new Fixture();
        try (var store = FsStore.open(site.vault())) {
            var keys = new MemberKeys(new Name("main"), new Name("main"), Fixture.SYSTEM);
            MemberVault member = Vault.open(store).member(keys, Keyring.none(), fixture.author);
            member.register(new SystemIdentity(Fixture.SYSTEM, 15, 202209061, SIZE, 8192, 8192, false, Fixture.NOW));
            Fixture vault = fixture.by(member);
            vault.wal(T1, 3, 5);
            vault.packing(3)
                    .directory("global", 0700)
                    .file("PG_VERSION", Fixture.bytes("15\n"))
                    .file("postgresql.conf", Fixture.bytes("port = 5432\n"))
                    .file("postgresql.auto.conf", Fixture.bytes(""))
                    .link("gone", "/nowhere/at/all")
                    .pack()
                    .complete();
            var damaged = facts(4, T1, 4);
            try (var manifest = member.backups().beginManifest(damaged.id(), PLAIN)) {
                manifest.commit();
            }
            Path document = Files.writeString(
                    site.vault().resolve(keys.root() + "/backups/" + damaged.id() + "/complete.json"), "{");
            // WAL has come after it, so all of the backup's is there
            Files.setLastModifiedTime(document, FileTime.fromMillis(0));
        }
    }

    private static String escaped(String sentence) {
        String object = JsonText.object(json -> json.put("x", sentence));
        return object.substring("{\"x\":".length(), object.length() - 1);
    }

    @Test
    void programsAreToldWhatPeopleAreWarnedOf() throws IOException {
        Site site = Site.initialised(directory);
        backups(site);
        site.write("vault = [\"" + site.vault() + "\", \"" + directory.resolve("absent")
                + "\"]\nstate_directory = \"state\"\n");

        Ran ran = site.run(
                "restore",
                "--output",
                "json",
                "--system-identifier",
                Fixture.SYSTEM.toString(),
                "-D",
                directory.resolve("new").toString());

        assertThat(ran.err()).doesNotContain("ERROR");
        assertThat(ran.status()).isZero();
        List<String> warned = ran.err()
                .lines()
                .filter(line -> line.startsWith("WARNING:  "))
                .map(line -> line.substring("WARNING:  ".length()))
                .toList();
        assertThat(warned).hasSizeGreaterThanOrEqualTo(3);
        String warnings = ran.out().substring(ran.out().indexOf("\"warnings\":["));
        assertThat(warned).allSatisfy(sentence -> assertThat(warnings).contains(escaped(sentence)));
    }
}
