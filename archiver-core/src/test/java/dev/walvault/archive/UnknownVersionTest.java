package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.FakeTime;
import dev.walvault.pg.ControlFiles;
import dev.walvault.pg.WalFile;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server of a version that nobody knew when this was written: its WAL is pushed and served, and no other's is. */
class UnknownVersionTest extends ServerAndVault {
    private static final int UNKNOWN_MAGIC = 0xD130;
    private static final int OF_18 = 0xD118;

    @ParameterizedTest
    @ValueSource(strings = {SEGMENT, SEGMENT + ".partial"})
    void itsSegmentsArePushedAndServed(String name) throws Exception {
        serverIsOfUnknownVersion();
        byte[] content = pages(UNKNOWN_MAGIC);
        write(name, content);

        assertThat(push(name)).isEqualTo(new PushOutcome.Archived());
        assertThat(push(name)).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(get(name)).isEqualTo(new GetOutcome.Served(content.length));
        assertThat(Files.readAllBytes(destination())).isEqualTo(content);
    }

    @Test
    void itsOtherFilesArePushedAndServed() throws Exception {
        serverIsOfUnknownVersion();
        byte[] history = "1\t0/1300000\tno recovery target specified\n".getBytes(US_ASCII);
        write("00000002.history", history);

        assertThat(push("00000002.history")).isEqualTo(new PushOutcome.Archived());
        assertThat(get("00000002.history")).isEqualTo(new GetOutcome.Served(history.length));
    }

    @Test
    void aSegmentOfAKnownVersionIsNotItsOwn() throws Exception {
        serverIsOfUnknownVersion();
        write(SEGMENT, pages(OF_18));

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.NOT_WAL).says("page magic D118, which PostgreSQL 18 writes");
        assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {UNKNOWN_MAGIC, OF_18})
    void aServerOfAKnownVersionHasNeitherUnknownSegmentsNorThoseOfAnotherVersion(int magic) throws Exception {
        write(SEGMENT, pages(magic));

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.NOT_WAL).says("page magic");
    }

    @Test
    void aSegmentOfAnotherVersionIsNotServed() throws Exception {
        serverIsOfUnknownVersion();
        write(SEGMENT, pages(UNKNOWN_MAGIC));
        push(SEGMENT);
        serverIs(Vaults.SYSTEM);

        Faults.of(() -> get(SEGMENT)).is(ErrorCode.NOT_WAL).says("page magic D130");
        assertThat(destination()).doesNotExist();
    }

    @Test
    void whatIsWrongOtherwiseIsRefusedAsAlways() throws Exception {
        serverIsOfUnknownVersion();
        byte[] elsewhere = pages(UNKNOWN_MAGIC);
        elsewhere[10] ^= 1;
        write(SEGMENT, elsewhere);

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.NOT_WAL).says("by its header, but at 0/1300000 by its name");
    }

    private void serverIsOfUnknownVersion() throws Exception {
        Files.write(data.resolve("global/pg_control"), ControlFiles.ofUnknownVersion(Vaults.SYSTEM));
    }

    private static byte[] pages(int magic) {
        byte[] content = segment(SEGMENT, 0);
        content[0] = (byte) magic;
        content[1] = (byte) (magic >> 8);
        return content;
    }

    private Path destination() {
        return data.resolve("pg_wal/RECOVERYXLOG");
    }

    private GetOutcome get(String name) throws Exception {
        var time = new FakeTime(Vaults.NOW);
        var access = access(store);
        var source = new WalGet.Source(Pushes.opened(access), () -> access.of(Vaults.SYSTEM));
        return new WalGet(Duration.ZERO, LocalState.in(data.resolve("state"), time), time, time, heard)
                .get(WalFile.parse(name), Handover.at(destination()), List.of(source));
    }
}
