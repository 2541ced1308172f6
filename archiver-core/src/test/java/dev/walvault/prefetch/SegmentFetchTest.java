package dev.walvault.prefetch;

import static dev.walvault.prefetch.Recovery.content;
import static dev.walvault.prefetch.Recovery.name;
import static dev.walvault.prefetch.Recovery.segment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.archive.WalGet;
import dev.walvault.pg.Wal;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentFetchTest {
    @TempDir
    private Path root;

    private Recovery recovery;

    @BeforeEach
    void aSpool() throws Exception {
        recovery = new Recovery(root).archive(1, 1, 3);
        recovery.spool.lock().orElseThrow().close();
    }

    private SegmentFetch fetch(WalGet.Source... sources) {
        return new SegmentFetch(recovery.spool, List.of(sources), recovery.state, () -> Vaults.NOW);
    }

    private SegmentFetch fetch() {
        return fetch(recovery.source());
    }

    @Test
    void theFirstThatIsThereIsFetched() throws Exception {
        assertThat(fetch().firstOf(List.of(segment(2, 3), segment(1, 3)))).contains(segment(1, 3));

        SpooledSegment spooled = recovery.spool.find(segment(1, 3)).orElseThrow();
        assertThat(recovery.spool.directory().resolve(spooled.fileName())).hasBinaryContent(content(1, 3));
    }

    @Test
    void whatIsNotThereLeavesNothing() throws Exception {
        assertThat(fetch().firstOf(List.of(segment(1, 4)))).isEmpty();
        assertThat(recovery.spoolFiles()).isEmpty();
    }

    @Test
    void whatIsDamagedOrForeignLeavesNothing() throws Exception {
        damage(3);
        recovery.put(name(1, 4), Wal.segment(name(1, 4), Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE, 0));
        recovery.put(name(1, 5), content(1, 6));

        assertThat(fetch().firstOf(List.of(segment(1, 3)))).isEmpty();
        assertThat(fetch().firstOf(List.of(segment(1, 4)))).isEmpty();
        assertThat(fetch().firstOf(List.of(segment(1, 5)))).isEmpty();
        assertThat(recovery.spoolFiles()).isEmpty();
    }

    private void damage(int number) {
        recovery.store.damage(
                new ObjectKey("orders/members/main/17443322110099887766/wal/00000001/00000000/" + name(1, number)),
                bytes -> Arrays.copyOf(bytes, bytes.length / 2));
    }

    @Test
    void aStoreThatIsUnreachableLeavesNothing() throws Exception {
        recovery.faulty.goAway();

        assertThat(fetch().firstOf(List.of(segment(1, 3)))).isEmpty();
        assertThat(recovery.spoolFiles()).isEmpty();
    }

    @Test
    void whatOnlyAnotherVaultHasSoundIsLeftToARequestThatIsHeard() throws Exception {
        damage(3);
        var other = new Recovery(root, "other").archive(1, 1, 3);

        assertThat(fetch(recovery.source(), other.source()).firstOf(List.of(segment(1, 3))))
                .isEmpty();
        assertThat(recovery.spoolFiles()).isEmpty();
    }

    @Test
    void aHostThatCannotKeepItIsAnError() throws Exception {
        Files.delete(recovery.spool.directory());

        Faults.of(() -> fetch().firstOf(List.of(segment(1, 3)))).is(ErrorCode.LOCAL_FILE);
    }
}
