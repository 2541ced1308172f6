package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.WalFile;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Look-ahead into several vaults, of which some may be unreachable. */
class SeveralVaultsLookAheadTest extends QueuedSegments {
    @Test
    void ofSeveralVaultsEachHasWhatIsAcknowledged() throws Exception {
        site = queued(3);

        assertThat(site.ahead(3, FAR).push(Path.of(FIRST), site.data)).isEqualTo(new PushOutcome.Archived());

        for (String segment : SEGMENTS) {
            for (int vault = 1; vault <= 3; vault++) {
                assertThat(site.has(vault, segment)).isTrue();
            }
        }
        assertThat(site.ahead(3, FAR).push(Path.of(SECOND), site.data)).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void whatAVaultOwesIsWrittenDownBeforeItIsAcknowledged() throws Exception {
        site = queued(2);
        site.faulty.get(1).goAway();

        push(FIRST);
        assertThat(site.debts(2)).containsExactly(SEGMENTS);
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());

        site.faulty.get(1).comeBack();
        site.later();
        assertThat(push(SEGMENTS[2])).isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(site.debts(2)).isEmpty();
        assertThat(site.has(2, SECOND)).isTrue();
    }

    @Test
    void ofSeveralVaultsAsManyMustBeThereAsAreDemanded() throws Exception {
        site = queued(2);
        push(FIRST);
        site.faulty.get(0).goAway();
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());

        site.faulty.get(1).goAway();
        Faults.of(() -> push(SEGMENTS[2])).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void moreCopiesThanWereDemandedBeforeAreMade() throws Exception {
        site = queued(2);
        site.faulty.get(1).goAway();
        push(FIRST);
        site.faulty.get(1).comeBack();

        assertThat(site.ahead(2, FAR).push(Path.of(SECOND), site.data)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.has(2, SECOND)).isTrue();
    }

    @Test
    void aVaultThatWasAddedGetsTheFile() throws Exception {
        site = queued(2);
        var both = List.copyOf(site.vaults);
        site.vaults.remove(1);
        push(FIRST);
        site.vaults.clear();
        site.vaults.addAll(both);

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.has(2, SECOND)).isTrue();
    }

    @Test
    void aConflictInOneOfSeveralVaultsEndsTheLookAheadAndIsToldLater() throws Exception {
        site = queued(2);
        site.write(SECOND, 1);
        Vaults.put(site.member(2).wal(), WalFile.parse(SECOND), Files.readAllBytes(file(SECOND)), SeveralVaults.ZSTD);
        site.write(SECOND, 0);

        assertThat(push(ONE_BY_ONE, FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(acknowledged()).isEmpty();
        assertThat(site.has(1, SEGMENTS[2])).isFalse();
        Faults.of(() -> push(SECOND)).is(ErrorCode.CONFLICT).says("vault \"vault2\"");
    }

    @Test
    void acknowledgedMeansStoredAsOftenAsDemandedAndOwedElsewhere() throws Exception {
        // each vault fails at each of its calls in turn, before and after its work
        for (int failing = 0; failing < 3; failing++) {
            for (int nth = 1; nth <= SEGMENTS.length; nth++) {
                for (Moment moment : Moment.values()) {
                    site = new SeveralVaults(root.resolve(failing + " " + nth + " " + moment), 3);
                    for (String segment : SEGMENTS) {
                        site.write(segment, 0);
                    }
                    site.queue(SEGMENTS);
                    site.faulty.get(failing).fail(Call.CREATE, nth, moment, FaultyStore.unreachable());

                    site.ahead(2, FAR).push(Path.of(FIRST), site.data);

                    for (String segment : acknowledged()) {
                        long copies = IntStream.rangeClosed(1, 3)
                                .filter(vault -> site.has(vault, segment))
                                .count();
                        assertThat(copies).isGreaterThanOrEqualTo(2);
                        for (int vault = 1; vault <= 3; vault++) {
                            assertThat(site.has(vault, segment)
                                            || site.debts(vault).contains(segment))
                                    .isTrue();
                        }
                    }
                }
            }
        }
    }
}
