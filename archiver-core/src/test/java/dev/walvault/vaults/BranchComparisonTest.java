package dev.walvault.vaults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.reach.Fixture;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BranchComparisonTest {
    private static final TimelineId T5 = new TimelineId(5);
    private static final String FORK = "1\t0/3200000\tno recovery target specified\n";

    private Fixture one;
    private Fixture other;

    @BeforeEach
    void twoVaultsWithOneHistory() throws IOException {
        one = new Fixture().history(T5, FORK);
        other = new Fixture().history(T5, FORK);
    }

    private static WalFile segment(int log, int number) {
        return new WalFile.Segment(T5, log, number);
    }

    private static void put(Fixture vault, WalFile file, String content) throws IOException {
        Vaults.put(vault.member.wal(), file, content.getBytes(UTF_8), Fixture.PLAIN);
    }

    private void putBoth(WalFile file) throws IOException {
        put(one, file, "of both");
        put(other, file, "of both");
    }

    private void putEach(WalFile file) throws IOException {
        put(one, file, "of X");
        put(other, file, "of Y");
    }

    private Optional<WalFile> found() throws IOException {
        return new BranchComparison(one.member, other.member).on(T5).map(Divergence::file);
    }

    @Test
    void whatOneLacksIsNoDivergence() throws IOException {
        assertThat(found()).isEmpty();
        putBoth(segment(0, 0x32));
        put(one, segment(0, 0x33), "of X");
        put(other, segment(0, 0x34), "of X");

        assertThat(found()).isEmpty();
        assertThat(BranchComparison.among(List.of(one.member, other.member))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40})
    void theNewestThatBothHoldTellsOfIt(int log) throws IOException {
        putBoth(segment(0, 0x32));
        put(one, segment(0, 0x33), "of X");
        putEach(segment(log, 0x34));
        put(other, segment(log, 0x35), "of Y");

        assertThat(found()).contains(segment(log, 0x34));
    }

    @Test
    void theOldestThatDiffersIsNamed() throws IOException {
        putEach(segment(0, 0x32));
        putEach(segment(2, 0x33));

        assertThat(found()).contains(segment(0, 0x32));
    }

    @Test
    void anotherHistoryIsAnotherBranch() throws IOException {
        other = new Fixture().history(T5, FORK.replace("0/3200000", "0/3300000"));
        putBoth(segment(0, 0x31));

        assertThat(found()).contains(new WalFile.TimelineHistoryFile(T5));
    }

    @Test
    void itSaysWhichVaultHasWhat() throws IOException {
        putEach(segment(0, 0x32));
        put(other, segment(0, 0x36), "of Y");

        Divergence divergence =
                BranchComparison.among(List.of(one.member, other.member)).getFirst();

        assertThat(divergence.timeline()).isEqualTo(T5);
        assertThat(divergence.sentence())
                .contains(
                        one.member.vault().location(), "different branches as timeline 5", "000000050000000000000032");
        assertThat(divergence.detail()).contains("host \"db1\"", "goes on to \"000000050000000000000036\"");
    }

    @Test
    void whatIsDamagedTellsNothingAndTheNextOlderDoes() throws IOException {
        putBoth(segment(0, 0x32));
        putEach(segment(0, 0x33));
        one.damage(segment(0, 0x33).name(), bytes -> new byte[bytes.length]);

        assertThat(found()).isEmpty();

        putEach(segment(0, 0x31));
        one.damage(segment(0, 0x32).name(), bytes -> new byte[bytes.length]);
        assertThat(found()).contains(segment(0, 0x31));
    }

    /** In a vault without encryption nothing guards what an object says of itself. */
    @Test
    void aTurnedBitInTheDigestIsNoDivergence() throws IOException {
        putBoth(segment(0, 0x32));
        one.damage(segment(0, 0x32).name(), bytes -> {
            String text = new String(bytes, ISO_8859_1);
            int digit = text.indexOf("\"xxh64\":\"") + 10;
            assertThat(digit).isGreaterThan(10);
            bytes[digit] = (byte) (bytes[digit] == '0' ? '1' : '0');
            return bytes;
        });

        assertThat(found()).isEmpty();
    }

    @Test
    void aVaultThatIsUnreachableRaisesNoDoubt() throws IOException {
        putEach(segment(0, 0x32));
        var faulty = new FaultyStore(other.store);
        MemberVault away = other.on(faulty);
        faulty.goAway();

        assertThat(new BranchComparison(one.member, away).on(T5)).isEmpty();
        assertThat(new BranchComparison(away, one.member).on(T5)).isEmpty();
    }

    @Test
    void beginningsAreReadAndNotTheWholeWal() throws IOException {
        for (int number = 0; number < 20; number++) {
            putBoth(segment(number, 0x32));
        }
        var counting = new FaultyStore(other.store);
        MemberVault counted = other.on(counting);
        int before = counting.count(Call.OPEN);

        assertThat(new BranchComparison(one.member, counted).on(T5)).isEmpty();

        // the history and the newest segment
        assertThat(counting.count(Call.OPEN) - before).isEqualTo(2);
    }
}
