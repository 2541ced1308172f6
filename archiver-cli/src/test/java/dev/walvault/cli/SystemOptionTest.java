package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Identities;
import dev.walvault.seal.Recipients;
import dev.walvault.store.fs.FsStore;
import dev.walvault.vault.Author;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Name;
import dev.walvault.vault.Vault;
import dev.walvault.vault.Vaults;
import dev.walvault.vault.WalProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vault that knows the system of {@code pgdata}, which is new, and the one that it has replaced. */
class SystemOptionTest {
    private static final Instant BEGUN = Instant.parse("2026-11-20T22:15:30Z");

    @TempDir
    Path directory;

    private Site site;
    private SystemIdentifier old;

    @BeforeEach
    void upgrade() throws IOException {
        site = Site.initialised(directory);
        old = site.system();
        backup();
        site.controlFile("16");
        assertThat(site.run("init", "--new-system").status()).isZero();
    }

    private void backup() throws IOException {
        var segment = (WalFile.Segment) WalFile.parse(Site.SEGMENT);
        var facts = new BackupFacts(
                new BackupId(BEGUN),
                "",
                Map.of(),
                old,
                "15.6",
                150006,
                TimelineId.FIRST,
                Lsn.parse("0/1000028"),
                Lsn.parse("0/1000100"),
                BEGUN,
                BEGUN.plusSeconds(60),
                segment,
                segment,
                WalProof.CONTENT,
                TransactionSnapshot.parse("730:730:"),
                false,
                0);
        try (var store = FsStore.open(site.vault())) {
            Vault.open(store)
                    .member(
                            new MemberKeys(new Name("main"), new Name("main"), old),
                            new Keyring(Recipients.none(), Identities.none()),
                            new Author("db1", "0.1.0", Clock.systemUTC(), new SplittableRandom(7)))
                    .backups()
                    .complete(Vaults.emptyBackup(facts));
        }
    }

    @Test
    void whatTheVaultHasOfTheOldSystemIsToldOf() throws IOException {
        String newest = "system " + old + " (PostgreSQL 15, newest backup " + new BackupId(BEGUN) + ")";

        assertThat(site.run("info").err()).contains(newest, "--system-identifier");
        Ran restore = site.run("restore", "-D", directory.resolve("new").toString());
        assertThat(restore.status()).isEqualTo(26);
        assertThat(restore.err()).contains(newest, "--system-identifier");
        assertThat(site.run("doctor", "--no-server", "--output", "json").out())
                .contains("there are none of system " + site.system() + "; the vault also knows system " + old);
        assertThat(site.run("info", "--system-identifier", site.system().toString())
                        .err())
                .doesNotContain("--system-identifier");
    }

    @Test
    void theSystemsThatTheVaultKnowsAreListedForPeople() throws IOException {
        Ran ran = site.run("info", "--system-identifier", "42");

        assertThat(ran.status()).isEqualTo(52);
        assertThat(ran.err()).contains("system 42 is not known").doesNotContain("[");
        assertThat(ran.err())
                .contains(
                        "known: system ",
                        ", system ",
                        old.toString(),
                        site.system().toString());
    }

    @Test
    void aDamagedDocumentOfTheOldSystemIsNoObstacle() throws IOException {
        Files.writeString(site.vault().resolve("main/members/main/" + old + "/identity.json"), "{");

        Ran ran = site.run("info");

        assertThat(ran.status()).isZero();
        assertThat(ran.err()).contains("system " + old + " (unknown version, newest backup");
    }
}
