package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.seal.Identities;
import dev.walvault.seal.Recipients;
import dev.walvault.store.fs.FsStore;
import dev.walvault.vault.Author;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Name;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two vaults on file systems; one goes away by being renamed. */
class SeveralVaultsTest {
    private static final String SEGMENT = Site.SEGMENT;
    private static final String NEXT = "000000010000000000000002";
    private static final String DESTINATION = "pg_wal/RECOVERYXLOG";

    @TempDir
    Path directory;

    private Site site;
    private Path one;
    private Path two;

    @BeforeEach
    void initialise() throws IOException {
        site = Site.in(directory);
        one = directory.resolve("one");
        two = directory.resolve("two");
        configure("1");
        assertThat(site.run("init").status()).isZero();
        site.segment(SEGMENT, 1);
        site.segment(NEXT, 2);
    }

    private void configure(String copies) throws IOException {
        configure(copies, one, two);
    }

    private void configure(String copies, Path... vaults) throws IOException {
        List<String> quoted =
                Stream.of(vaults).map(vault -> "\"" + vault + "\"").toList();
        site.write("vault = [" + String.join(", ", quoted) + "]\npgdata = \"pgdata\"\nstate_directory = \"state\"\n"
                + "[archive_push]\ncopies = " + copies + "\n[archive_get]\nretry_budget = \"0s\"\n");
    }

    private Ran push(String name) {
        return site.run("archive-push", "pg_wal/" + name);
    }

    private Ran get(String name) {
        return site.run("archive-get", name, DESTINATION);
    }

    /** How a vault on a file system is named in messages. */
    private static String url(Path vault) {
        return "file://" + vault;
    }

    private Path away(Path vault) {
        return vault.resolveSibling(vault.getFileName() + "-away");
    }

    private void goAway(Path vault) throws IOException {
        Files.move(vault, away(vault));
    }

    private void comeBack(Path vault) throws IOException {
        Files.move(away(vault), vault);
        // as if half a minute had gone by
        Path marks = directory.resolve("state").resolve("away");
        if (Files.exists(marks)) {
            try (Stream<Path> all = Files.list(marks)) {
                for (Path mark : all.toList()) {
                    Files.delete(mark);
                }
            }
        }
    }

    private static Path stored(Path vault, String name) throws IOException {
        try (Stream<Path> files = Files.walk(vault)) {
            return files.filter(path -> path.endsWith(name)).findFirst().orElse(vault.resolve("none"));
        }
    }

    @Test
    void initPreparesEachVaultAndMayBeDoneAgainForOneMore() throws IOException {
        configure("1", one, two, directory.resolve("three"));

        Ran ran = site.run("init");

        assertThat(ran.status()).isZero();
        assertThat(ran.out().lines())
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("already there: ").contains("/one\""),
                        line -> assertThat(line).startsWith("already there: ").contains("/two\""),
                        line -> assertThat(line).contains(" is now ").contains("/three\""));
        assertThat(site.run("init", "--output", "json").out()).contains("\"vaults\":[{\"vault\":\"file://");
    }

    @Test
    void junkUnderTheNameInTheSecondVaultIsNoSuccess() throws IOException {
        push(SEGMENT);
        Path junk = stored(two, SEGMENT).resolveSibling(NEXT);
        Files.writeString(junk, "junk\n");

        Ran ran = push(NEXT);

        assertThat(ran.status()).as(ran.err()).isEqualTo(21);
        assertThat(junk).hasContent("junk\n");
    }

    @Test
    void aDirectoryUnderTheNameInTheSecondVaultIsNoSuccess() throws IOException {
        push(SEGMENT);
        Files.createDirectory(stored(two, SEGMENT).resolveSibling(NEXT));

        Ran ran = push(NEXT);

        assertThat(ran.status()).as(ran.err()).isEqualTo(28);
        assertThat(ran.err()).contains("ERROR:  vault \"file://" + two);
    }

    @Test
    void initThatCannotPrepareOneSaysWhichItDid() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        configure("1", one, file, two);

        Ran ran = site.run("init");

        assertThat(ran.status()).isEqualTo(30);
        assertThat(ran.err()).contains("ERROR:  vault \"" + url(file) + "\": ").contains("done: \"" + url(one) + "\"");
    }

    @Test
    void aSegmentIsPushedToBothAndServedFromTheFirst() throws IOException {
        assertThat(push(SEGMENT)).isEqualTo(new Ran(0, "", ""));

        assertThat(stored(two, SEGMENT)).hasSameBinaryContentAs(stored(one, SEGMENT));
        assertThat(get(SEGMENT)).isEqualTo(new Ran(0, "", ""));
        assertThat(directory.resolve("state")).isDirectoryNotContaining("glob:**/{debts,failed,away}");
    }

    @Test
    void aVaultThatWasUnreachableIsCaughtUpByTheNextPush() throws IOException {
        goAway(two);

        Ran ran = push(SEGMENT);

        assertThat(ran.status()).isZero();
        assertThat(ran.err())
                .startsWith("WARNING:  \"" + SEGMENT
                        + "\" is not in every vault yet and is brought there later; vault \"" + url(two) + "\": ");
        Ran away = site.run("info");
        assertThat(away.out())
                .containsPattern("2 +- +cannot be reached +unknown\n")
                .contains("1 file of the WAL is still to be brought to vault 2 by this host\n");
        assertThat(away.status()).isEqualTo(30);

        comeBack(two);
        assertThat(site.run("info").out()).containsPattern("2 +1 +none +1\n");
        assertThat(push(NEXT)).isEqualTo(new Ran(0, "", ""));

        assertThat(stored(two, SEGMENT)).hasSameBinaryContentAs(stored(one, SEGMENT));
        assertThat(site.run("info").out())
                .containsPattern("2 +1 +" + NEXT + " +0\n")
                .doesNotContain("to be brought");
    }

    @Test
    void allMeansAll() throws IOException {
        configure("\"all\"");
        goAway(two);

        Ran ran = push(SEGMENT);

        assertThat(ran.status()).isEqualTo(30);
        assertThat(ran.err()).startsWith("ERROR:  vault \"" + url(two) + "\": ");
        assertThat(stored(one, SEGMENT)).exists();
    }

    @Test
    void aConflictInTheSecondIsTold() throws IOException {
        configure("1", two);
        assertThat(push(SEGMENT).status()).isZero();
        site.segment(SEGMENT, 7);
        configure("1");

        Ran ran = push(SEGMENT);

        assertThat(ran.status()).isEqualTo(20);
        assertThat(ran.err()).startsWith("ERROR:  vault \"" + url(two) + "\": ");
    }

    @ParameterizedTest
    @CsvSource({"away", "damaged", "lacking"})
    void whatTheFirstCannotServeComesFromTheSecond(String how) throws IOException {
        push(SEGMENT);
        switch (how) {
            case "away" -> goAway(one);
            case "damaged" -> {
                Path object = stored(one, SEGMENT);
                byte[] bytes = Files.readAllBytes(object);
                bytes[bytes.length - 30] ^= 1;
                Files.write(object, bytes);
            }
            default -> Files.delete(stored(one, SEGMENT));
        }

        Ran ran = get(SEGMENT);

        assertThat(ran.status()).isZero();
        assertThat(ran.err().contains("comes from another vault")).isEqualTo(!how.equals("lacking"));
        assertThat(site.pgdata().resolve(DESTINATION))
                .hasSameBinaryContentAs(site.pgdata().resolve("pg_wal").resolve(SEGMENT));
    }

    @Test
    void absentIsWhatEachProvesToBeAbsent() throws IOException {
        assertThat(get(NEXT).status()).isEqualTo(1);
        goAway(two);

        Ran ran = get(NEXT);

        assertThat(ran.status()).isEqualTo(255);
        assertThat(ran.err()).startsWith("ERROR:  vault \"" + url(two) + "\": ");
    }

    @Test
    void infoShowsWhatBothHoldTogether() throws IOException {
        configure("1", one);
        push(SEGMENT);
        configure("1", two);
        push(NEXT);
        configure("1");

        Ran ran = site.run("info");

        assertThat(ran.out())
                .contains("vault 1: \"" + url(one) + "\"\nvault 2: \"" + url(two) + "\"\n")
                .containsPattern("1 +" + SEGMENT + " +" + NEXT + " +0\n")
                .containsPattern("1 +1 +" + SEGMENT + " +1\n")
                .containsPattern("2 +1 +" + NEXT + " +1\n");
        assertThat(site.run("info", "--vault", "2").out())
                .contains("\nvault \"" + url(two) + "\"\n")
                .doesNotContain(SEGMENT)
                .doesNotContain("LACKS");
        assertThat(site.run("info", "--vault", url(one)).out()).contains("\nvault \"" + url(one) + "\"\n");
    }

    /** As two hosts leave it that are cut off from each other, and have taken the other's vault off their lists. */
    private void split() throws IOException {
        configure("1", one);
        assertThat(push(SEGMENT).status()).isZero();
        configure("1", two);
        site.segment(SEGMENT, 7);
        assertThat(push(SEGMENT).status()).isZero();
        assertThat(push(NEXT).status()).isZero();
        configure("1");
    }

    @Test
    void vaultsOfTwoBranchesAreTold() throws IOException {
        split();
        String told = "vault \"" + url(one) + "\" and vault \"" + url(two)
                + "\" hold different branches as timeline 1: \"" + SEGMENT + "\" is not the same in both";

        Ran info = site.run("info");
        assertThat(info.out())
                .contains("WARNING: " + told + "\n", "needs --vault")
                .doesNotContain("is not possible");
        assertThat(site.run("info", "--output", "json").out())
                .contains("\"divergences\":[{\"timeline\":1,\"file\":\"" + SEGMENT + "\",");
        assertThat(site.run("info", "--vault", "2").out()).doesNotContain("branches");

        Ran doctor = site.run("doctor", "--no-server");
        assertThat(doctor.status()).isEqualTo(20);
        assertThat(doctor.out().replaceAll("\\s+", " ")).contains(told);

        Ran served = get(NEXT);
        assertThat(served.status()).isEqualTo(255);
        assertThat(served.err())
                .contains("ERROR:  " + told + "\n")
                .contains("take the vault that is wrong off the setting \"vault\"");
    }

    @Test
    void infoTellsWhichRestorePointsOneOfThemLacks() throws Exception {
        publish(one, "everywhere");
        publish(two, "everywhere");
        publish(one, "before-drop");

        assertThat(site.run("info").out())
                .contains(
                        "\nvault 2 lacks 1 restore point, which \"walvault copy 1 2 --all\" brings there:\n  before-drop\n")
                .doesNotContain("vault 1 lacks");
        assertThat(site.run("info", "--output", "json").out())
                .contains("\"lackingBackups\":[],\"lackingRestorePoints\":[\"before-drop\"]");
    }

    private void publish(Path vault, String name) throws Exception {
        var keys = new MemberKeys(new Name("main"), new Name("main"), site.system());
        var nobody = new Keyring(Recipients.parse(List.of()), Identities.none());
        try (var store = FsStore.open(vault)) {
            Vault.open(store)
                    .member(
                            keys,
                            nobody,
                            new Author("db1", "0.1.0", Clock.systemUTC(), new SplittableRandom(name.hashCode())))
                    .restorePoints()
                    .publish(new RestorePoint(name, new Lsn(0x3000098), TimelineId.FIRST, Instant.EPOCH));
        }
    }

    @Test
    void aVaultThatThereIsNotIsAWrongCommandLine() {
        Ran ran = site.run("info", "--vault", "3");

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("there is no vault \"3\"", "1 (" + url(one) + "), 2 (" + url(two) + ")");
    }

    @Test
    void twoNamesOfOneVaultAreRefused() throws IOException {
        configure("2", one, Files.createSymbolicLink(directory.resolve("link"), one));
        assertThat(push(SEGMENT).status()).isEqualTo(3);
        assertThat(site.run("info").status()).isEqualTo(3);

        configure("2", one, one);
        assertThat(push(SEGMENT).err()).contains("is named twice");
    }

    @Test
    void moreCopiesThanVaultsAreRefused() throws IOException {
        configure("3");

        Ran ran = push(SEGMENT);

        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.err()).contains("archive_push.copies is 3, but there are 2 vaults");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0|invalid value \"0\"", "some|invalid value \"some\"", "true|must be \"all\" or an integer"})
    void aWrongNumberOfCopiesIsRefused(String copies, String why) throws IOException {
        site.write("vault = '/x'\n[archive_push]\ncopies = " + (copies.equals("some") ? "'some'" : copies) + "\n");

        assertThat(site.run("config").err()).contains(why, "archive_push.copies");
    }

    @Test
    void theEnvironmentListsVaultsToo() throws IOException {
        site.write("pgdata = \"pgdata\"\nstate_directory = \"state\"\n");
        site.with("WALVAULT_VAULT", one + "," + two);

        assertThat(push(SEGMENT)).isEqualTo(new Ran(0, "", ""));
        assertThat(stored(two, SEGMENT)).exists();
        assertThat(site.run("config").out()).contains("[\"" + one + "\", \"" + two + "\"]");
    }

    @Test
    void withoutAPlaceForDebtsNothingIsAcknowledged() throws IOException {
        Files.createFile(directory.resolve("state"));
        goAway(two);

        Ran ran = push(SEGMENT);

        assertThat(ran.status()).isEqualTo(35);
        assertThat(ran.err()).contains("could not write down", "HINT:  Let state_directory name");
    }

    @Test
    void whatIsMissingMayBeInAVaultThatIsUnreachable() throws IOException {
        goAway(one);

        Ran ran = site.run("restore", "-D", directory.resolve("new").toString());

        assertThat(ran.status()).isEqualTo(26);
        assertThat(ran.err())
                .contains("Vault \"" + url(one) + "\" is left out, and may have what is missing: bring it back first.");
        comeBack(one);
        assertThat(site.run("restore", "-D", directory.resolve("new").toString())
                        .err())
                .doesNotContain("is left out");
    }
}
