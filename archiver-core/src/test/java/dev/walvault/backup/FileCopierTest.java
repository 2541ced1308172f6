package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.FakeTime;
import dev.walvault.pg.Lsn;
import dev.walvault.vault.Vaults;
import dev.walvault.work.Bandwidth;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCopierTest {
    private static final Lsn START = FakeServer.START;
    private static final Lsn BEFORE = Lsn.parse("0/1200000");
    private static final Lsn AFTER = Lsn.parse("0/1300029");
    private static final int PAGES_PER_SEGMENT = 4;

    @TempDir
    private Path directory;

    private final FakeTime time = new FakeTime(Vaults.NOW);
    private final Cancellation cancellation = new Cancellation();
    private final AtomicLong progress = new AtomicLong();
    private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
    private Bandwidth diskReads = Bandwidth.unlimited();

    @Test
    void aFileIsCopiedWithItsCrc() throws Exception {
        byte[] content = random(2_500_000);

        var copied = copy(content, content.length, "", "some.file");

        assertThat(copy.toByteArray()).isEqualTo(content);
        assertThat(copied.crc32c()).isEqualTo(crc(content));
        assertThat(progress).hasValue(content.length);
    }

    @Test
    void aFileIsReadNoFasterThanTheLimit() throws Exception {
        diskReads = new Bandwidth(OptionalLong.of(1_000_000), time, time);

        copy(random(2_500_000), 2_500_000, "", "some.file");

        assertThat(Duration.between(Vaults.NOW, time.instant())).isEqualTo(Duration.ofMillis(2_500));
    }

    @Test
    void aFileThatHasGrownIsCut() throws Exception {
        byte[] content = random(2_500_000);

        copy(content, 1_200_000, "", "some.file");

        assertThat(copy.toByteArray()).isEqualTo(Arrays.copyOf(content, 1_200_000));
    }

    @Test
    void aFileThatHasShrunkIsFilledUpWithZeros() throws Exception {
        byte[] content = random(1_200_000);

        var copied = copy(content, 3_500_000, "", "some.file");

        assertThat(copy.toByteArray()).isEqualTo(Arrays.copyOf(content, 3_500_000));
        assertThat(copied.crc32c()).isEqualTo(crc(Arrays.copyOf(content, 3_500_000)));
    }

    @Test
    void aRelationThatHasShrunkHasNoBadPages() throws Exception {
        byte[] content = Pages.file(Pages.page(0, BEFORE), Pages.page(1, BEFORE));

        var copied = copy(Arrays.copyOf(content, 12_000), 5 * Pages.SIZE, "base/5", "16384");

        assertThat(copied.badPages()).isEmpty();
    }

    @Test
    void goodPagesAreGood() throws Exception {
        byte[] content =
                Pages.file(Pages.page(0, BEFORE), Pages.page(1, START), new byte[Pages.SIZE], Pages.page(3, AFTER));

        assertThat(copy(content, content.length, "base/5", "16384").badPages()).isEmpty();
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void pagesOfALaterSegmentAreNumberedThroughTheWholeFork() throws Exception {
        byte[] content = Pages.file(Pages.page(8, BEFORE), Pages.page(9, BEFORE));

        assertThat(copy(content, content.length, "base/5", "16384.2").badPages())
                .isEmpty();
        assertThat(copy(content, content.length, "base/5", "16384.1").badPages())
                .containsExactly(0L, 1L);
    }

    @Test
    void badPagesAreListedByTheirNumberInTheFileAndCopiedAsTheyAre() throws Exception {
        byte[] content =
                Pages.file(Pages.page(4, BEFORE), Pages.bad(5, BEFORE), Pages.page(6, BEFORE), Pages.bad(7, START));

        var copied = copy(content, content.length, "pg_tblspc/16399/PG_15_202209061/5", "16384_fsm.1");

        assertThat(copied.badPages()).containsExactly(1L, 3L);
        assertThat(copy.toByteArray()).isEqualTo(content);
    }

    @Test
    void aBadPageBeyondTheFirstChunkHasItsNumberInTheFile() throws Exception {
        byte[] content = new byte[300 * Pages.SIZE];
        System.arraycopy(Pages.bad(250, BEFORE), 0, content, 250 * Pages.SIZE, Pages.SIZE);

        assertThat(copy(content, content.length, "global", "1262").badPages()).containsExactly(250L);
    }

    @Test
    void aPageThatWasTornIsReadAgainUntilItIsWhole() throws Exception {
        byte[] whole = Pages.page(1, BEFORE);
        byte[] torn = whole.clone();
        Arrays.fill(torn, 4096, Pages.SIZE, (byte) 0);
        Path file = Files.write(directory.resolve("16384"), Pages.file(Pages.page(0, BEFORE), torn));
        time.next(() -> {}).next(() -> write(file, Pages.file(Pages.page(0, BEFORE), whole)));

        var copied = copy(file, 2L * Pages.SIZE, "base/5", "16384");

        assertThat(copied.badPages()).isEmpty();
        assertThat(Arrays.copyOfRange(copy.toByteArray(), Pages.SIZE, 2 * Pages.SIZE))
                .isEqualTo(whole);
        assertThat(copied.crc32c()).isEqualTo(crc(copy.toByteArray()));
        assertThat(time.pauses()).hasSize(2);
    }

    @Test
    void aBadPageThatIsOverwrittenMeanwhileIsLeftToTheWal() throws Exception {
        Path file = Files.write(directory.resolve("16384"), Pages.bad(0, BEFORE));
        time.next(() -> write(file, Pages.bad(0, AFTER)));

        assertThat(copy(file, Pages.SIZE, "base/5", "16384").badPages()).isEmpty();
    }

    @Test
    void aBadPageThatIsCutOffMeanwhileIsLeftToTheWal() throws Exception {
        Path file = Files.write(directory.resolve("16384"), Pages.file(Pages.page(0, BEFORE), Pages.bad(1, BEFORE)));
        time.next(() -> write(file, Pages.page(0, BEFORE)));

        assertThat(copy(file, 2L * Pages.SIZE, "base/5", "16384").badPages()).isEmpty();
        assertThat(copy.size()).isEqualTo(2 * Pages.SIZE);
    }

    @Test
    void aPageThatChangedSinceTheStartIsNotJudged() throws Exception {
        byte[] content = Pages.bad(0, AFTER);

        assertThat(copy(content, content.length, "base/5", "16384").badPages()).isEmpty();
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void aNewPageMustBeZero() throws Exception {
        byte[] content = new byte[2 * Pages.SIZE];
        content[Pages.SIZE + 5000] = 1;

        assertThat(copy(content, content.length, "base/5", "16384").badPages()).containsExactly(1L);
    }

    @Test
    void filesThatAreNotRelationsHaveNoPages() throws Exception {
        byte[] content = Pages.bad(0, BEFORE);

        assertThat(copy(content, content.length, "base/5", "pg_filenode.map").badPages())
                .isEmpty();
        assertThat(copy(content, content.length, "log", "16384").badPages()).isEmpty();
        assertThat(copy(content, content.length, "", "16384").badPages()).isEmpty();
    }

    @Test
    void copyingStopsWhenItIsCalledOff() {
        cancellation.cancel();

        Faults.of(() -> copy(random(10), 10, "", "some.file")).is(ErrorCode.CANCELLED);
    }

    private FileCopier.Copied copy(byte[] content, long size, String inDirectory, String name) throws IOException {
        return copy(Files.write(directory.resolve(name), content), size, inDirectory, name);
    }

    private FileCopier.Copied copy(Path file, long size, String inDirectory, String name) throws IOException {
        var verifier = new PageVerifier(START, Pages.SIZE, PAGES_PER_SEGMENT, time);
        copy.reset();
        try (var channel = FileChannel.open(file)) {
            return new FileCopier(Optional.of(verifier), diskReads, cancellation, progress::addAndGet)
                    .copy(channel, 0, size, inDirectory.isEmpty() ? name : inDirectory + "/" + name, copy);
        }
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] random(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private static int crc(byte[] content) {
        var crc = new CRC32C();
        crc.update(content);
        return (int) crc.getValue();
    }
}
