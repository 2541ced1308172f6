package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.wal.GeneratedWal;
import dev.walvault.pg.wal.Unread;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a segment's records say is stored with it, and found again without reading it. */
class PushedFactsTest extends ServerAndVault {
    private static final String FIRST = "000000010000000000000004";
    private static final String SECOND = "000000010000000000000005";

    /** 2026-11-30 10:00:00, by PostgreSQL's count. */
    private static final long TEN = 849_348_000_000_000L;

    private final GeneratedWal wal = GeneratedWal.of(GeneratedWal.V15);
    private final GeneratedWal.Place point;

    PushedFactsTest() {
        wal.fillUntilBeforeEnd(40);
        this.point = wal.point("before the upgrade", TEN);
        wal.filler(160);
    }

    private byte[] segment(int index) {
        byte[] segment = wal.segment(index);
        ByteBuffer.wrap(segment)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(24, Long.parseUnsignedLong(Vaults.SYSTEM.toString()));
        return segment;
    }

    private void encrypt(Keyring with) throws IOException {
        store.keys().forEach(store::delete);
        keyring = with;
        Vaults.created(store, with, Vaults.identity());
    }

    private Optional<WalFacts> facts(String name) throws Exception {
        return access(store).of(Vaults.SYSTEM).wal().facts(name(name));
    }

    private static WalFile.Segment name(String name) {
        return (WalFile.Segment) WalFile.parse(name);
    }

    @ParameterizedTest
    @CsvSource({
        "ZSTD, plain, in memory",
        "ZSTD, plain, streamed",
        "ZSTD, encrypted, in memory",
        "ZSTD, encrypted, streamed",
        "LZ4, plain, in memory",
        "LZ4, encrypted, streamed",
    })
    void aRestorePointIsKnownThoughItsRecordBeganInTheSegmentBefore(Codec codec, String kind, String how)
            throws Exception {
        if (kind.equals("encrypted")) {
            encrypt(Vaults.keyring(AgeKey.generate()));
        }
        write(FIRST, segment(0));
        write(SECOND, segment(1));
        var compression = new Compression(codec, 1);
        WalPush push = how.equals("streamed")
                ? Pushes.to(access(faulty), compression, heard, 1 << 16)
                : Pushes.to(access(faulty), compression, heard);
        push.push(Path.of("pg_wal", FIRST), data);
        push.push(Path.of("pg_wal", SECOND), data);
        MemberAccess access = access(faulty);
        int before = faulty.count(Call.OPEN_RANGE) + faulty.count(Call.OPEN);

        WalFacts facts = access.of(Vaults.SYSTEM).wal().facts(name(SECOND)).orElseThrow();

        assertThat(faulty.count(Call.OPEN_RANGE) + faulty.count(Call.OPEN)).isEqualTo(before + 1);
        assertThat(facts.isComplete()).isFalse();
        assertThat(facts.from()).isEqualTo(facts.begin());
        assertThat(facts.points())
                .containsExactly(
                        new WalFacts.Point("before the upgrade", point.end(), Instant.parse("2026-11-30T10:00:00Z")));
        assertThat(facts(FIRST).orElseThrow().points()).isEmpty();
        assertThat(stored(SECOND)).isEqualTo(segment(1));
    }

    @Test
    void whatBeganInASegmentThatIsGoneIsUnknownAndNotNothing() throws Exception {
        write(SECOND, segment(1));
        push(SECOND);

        WalFacts facts = facts(SECOND).orElseThrow();

        assertThat(facts.points()).isEmpty();
        assertThat(facts.from()).isGreaterThan(facts.begin());
    }

    @Test
    void aSegmentThatCannotBeReadIsStoredAllTheSame() throws Exception {
        byte[] broken = segment(0);
        broken[5 * 8192 + 8] ^= 1;
        write(FIRST, broken);

        push(FIRST);

        assertThat(facts(FIRST).orElseThrow().unread()).contains(Unread.PAGE);
        assertThat(stored(FIRST)).isEqualTo(broken);
    }

    @ParameterizedTest
    @CsvSource({"NONE", "GZIP", "XZ"})
    void aCodecWithoutRoomBehindTheContentHasNoFacts(Codec codec) throws Exception {
        write(SECOND, segment(1));
        Pushes.to(access(store), new Compression(codec, codec.usualLevel()), heard)
                .push(Path.of("pg_wal", SECOND), data);

        assertThat(facts(SECOND)).isEmpty();
        assertThat(stored(SECOND)).isEqualTo(segment(1));
    }

    @Test
    void namesAreNotReadableWithoutTheKey() throws Exception {
        encrypt(Vaults.sealOnly(AgeKey.generate()));
        write(FIRST, segment(0));
        write(SECOND, segment(1));
        push(SECOND);

        assertThat(new String(object(WAL + SECOND), ISO_8859_1)).doesNotContain("upgrade");
        Faults.of(() -> facts(SECOND)).is(ErrorCode.KEY_MISSING);
    }

    @Test
    void anAbsentSegmentHasNone() throws Exception {
        assertThat(facts(FIRST)).isEmpty();
        assertThat(Files.exists(data.resolve("pg_wal").resolve(FIRST))).isFalse();
    }
}
