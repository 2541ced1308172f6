package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.HostException;
import dev.walvault.PostgresException;
import dev.walvault.Seeds;
import dev.walvault.pg.ControlFileData.WalLevel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where each kind of server has what, which of the layouts a file has, and what is done with a file that has none of
 * them.
 */
class ControlFileLayoutTest {
    private static final SystemIdentifier SYSTEM = SystemIdentifier.parse("7710402311438984600");

    /** In this order before, and in this order after, in all versions. */
    private static final String HEAD =
            "uint64 system_identifier; uint32 pg_control_version; uint32 catalog_version_no; enum state; int64 time;"
                    + " uint64 checkPoint";

    private static final String UP_TO_BLOCKS =
            "uint64 unloggedLSN; uint64 minRecoveryPoint; uint32 minRecoveryPointTLI; uint64 backupStartPoint;"
                    + " uint64 backupEndPoint; bool backupEndRequired; int wal_level; bool wal_log_hints; int MaxConnections;"
                    + " int max_worker_processes; int max_wal_senders; int max_prepared_xacts; int max_locks_per_xact;"
                    + " bool track_commit_timestamp; uint32 maxAlign; double floatFormat; uint32 blcksz; uint32 relseg_size";

    private static final String UP_TO_CHECKSUMS =
            "uint32 xlog_blcksz; uint32 xlog_seg_size; uint32 nameDataLen; uint32 indexMaxKeys;"
                    + " uint32 toast_max_chunk_size; uint32 loblksize; bool float8ByVal; uint32 data_checksum_version";

    private static final String NONCE = "char mock_authentication_nonce[32]; uint32 crc";

    /** CheckPoint of REL_13 to REL_18. */
    private static CStruct checkpoint() {
        return new CStruct()
                .fields(
                        "uint64 redo; uint32 ThisTimeLineID; uint32 PrevTimeLineID; bool fullPageWrites; uint64 nextXid;"
                                + " uint32 nextOid; uint32 nextMulti; uint32 nextMultiOffset; uint32 oldestXid; uint32 oldestXidDB;"
                                + " uint32 oldestMulti; uint32 oldestMultiDB; int64 time; uint32 oldestCommitTsXid;"
                                + " uint32 newestCommitTsXid; uint32 oldestActiveXid");
    }

    /** CheckPoint of REL_19 beta 3: offsets of multixacts have 64 bits. */
    private static CStruct checkpointOf19() {
        return new CStruct()
                .fields("uint64 redo; uint32 ThisTimeLineID; uint32 PrevTimeLineID; bool fullPageWrites; int wal_level;"
                        + " bool logicalDecodingEnabled; uint64 nextXid; uint32 nextOid; uint32 nextMulti;"
                        + " uint64 nextMultiOffset; uint32 oldestXid; uint32 oldestXidDB; uint32 oldestMulti;"
                        + " uint32 oldestMultiDB; int64 time; uint32 oldestCommitTsXid; uint32 newestCommitTsXid;"
                        + " uint32 oldestActiveXid; uint32 dataChecksumState");
    }

    private static CStruct controlFile(CStruct checkpoint) {
        return new CStruct().fields(HEAD).struct("checkPointCopy", checkpoint).fields(UP_TO_BLOCKS);
    }

    @Test
    void theLayoutsOfPostgresAreThoseOfItsStructs() {
        isAsIn(controlFile(checkpoint()).fields(UP_TO_CHECKSUMS).fields(NONCE), 1300);
        isAsIn(controlFile(checkpoint()).fields(UP_TO_CHECKSUMS).fields(NONCE), 1700);
        isAsIn(
                controlFile(checkpoint())
                        .fields(UP_TO_CHECKSUMS)
                        .fields("bool default_char_signedness")
                        .fields(NONCE),
                1800);
        isAsIn(
                controlFile(checkpointOf19())
                        .fields("uint32 slru_pages_per_segment")
                        .fields(UP_TO_CHECKSUMS)
                        .fields("bool default_char_signedness")
                        .fields(NONCE),
                1902);
    }

    private static void isAsIn(CStruct struct, int controlVersion) {
        var layout = ControlFileLayout.named(controlVersion).orElseThrow();
        assertThat(layout.checkpoint()).isEqualTo(struct.offset("checkPoint"));
        assertThat(layout.redo()).isEqualTo(struct.offset("checkPointCopy.redo"));
        assertThat(layout.redo() + 8).isEqualTo(struct.offset("checkPointCopy.ThisTimeLineID"));
        assertThat(layout.redo() + 12).isEqualTo(struct.offset("checkPointCopy.PrevTimeLineID"));
        assertThat(layout.redo() + 16).isEqualTo(struct.offset("checkPointCopy.fullPageWrites"));
        assertThat(layout.checkpointTime()).isEqualTo(struct.offset("checkPointCopy.time"));
        assertThat(layout.minRecoveryPoint()).isEqualTo(struct.offset("minRecoveryPoint"));
        assertThat(layout.minRecoveryPoint() + 8).isEqualTo(struct.offset("minRecoveryPointTLI"));
        assertThat(layout.minRecoveryPoint() + 16).isEqualTo(struct.offset("backupStartPoint"));
        assertThat(layout.minRecoveryPoint() + 24).isEqualTo(struct.offset("backupEndPoint"));
        assertThat(layout.minRecoveryPoint() + 36).isEqualTo(struct.offset("wal_level"));
        assertThat(layout.floatFormat()).isEqualTo(struct.offset("floatFormat"));
        assertThat(layout.floatFormat() + 8).isEqualTo(struct.offset("blcksz"));
        assertThat(layout.floatFormat() + 12).isEqualTo(struct.offset("relseg_size"));
        assertThat(layout.walBlockSize()).isEqualTo(struct.offset("xlog_blcksz"));
        assertThat(layout.walBlockSize() + 4).isEqualTo(struct.offset("xlog_seg_size"));
        assertThat(layout.checksums()).isEqualTo(struct.offset("data_checksum_version"));
        assertThat(layout.crc()).isEqualTo(struct.offset("crc"));
    }

    /**
     * Those of Greenplum 6 were compared with its pg_controldata, those of 7 and of Cloudberry are from their headers.
     */
    @ParameterizedTest
    @CsvSource({
        "9420600, 32, 48, 112, 136, 200, 216, 244, 248",
        "12010700, 32, 40, 112, 144, 216, 232, 260, 296",
        "13000700, 32, 40, 112, 144, 216, 232, 260, 300",
        "13000701, 32, 40, 112, 144, 216, 232, 260, 300",
    })
    void theLayoutsOfGreenplumAndCloudberryAreKnown(
            int controlVersion,
            int checkpoint,
            int redo,
            int time,
            int minRecoveryPoint,
            int floatFormat,
            int walBlockSize,
            int checksums,
            int crc) {
        var layout = ControlFileLayout.named(controlVersion).orElseThrow();
        assertThat(layout)
                .isEqualTo(new ControlFileLayout(
                        layout.servers(),
                        layout.controlVersions(),
                        checkpoint,
                        redo,
                        time,
                        minRecoveryPoint,
                        floatFormat,
                        walBlockSize,
                        checksums,
                        crc,
                        layout.walLevels(),
                        layout.settings()));
    }

    static List<ControlFileLayout> layouts() {
        return ControlFileLayout.known();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void whatIsWrittenInALayoutIsReadInIt(ControlFileLayout layout) {
        Seeds.forEach(200, random -> {
            byte[] content = ControlFiles.random(layout, random);
            var buffer = ControlFiles.little(content);

            assertThat(ControlFileLayout.of(content)).contains(layout);
            ControlFile read = ControlFile.parse("x", content);
            ControlFileData data = read.data().orElseThrow();
            assertThat(read.systemIdentifier().value()).isEqualTo(buffer.getLong(0));
            assertThat(data.checkpoint().value()).isEqualTo(buffer.getLong(layout.checkpoint()));
            assertThat(data.redo().value()).isEqualTo(buffer.getLong(layout.redo()));
            assertThat(data.timeline().value()).isEqualTo(buffer.getInt(layout.redo() + 8));
            assertThat(data.checkpointTime().getEpochSecond()).isEqualTo(buffer.getLong(layout.checkpointTime()));
            assertThat(data.minRecoveryPoint().value()).isEqualTo(buffer.getLong(layout.minRecoveryPoint()));
            assertThat(data.backupEnd().value()).isEqualTo(buffer.getLong(layout.minRecoveryPoint() + 24));
            assertThat(data.blockSize()).isEqualTo(buffer.getInt(layout.floatFormat() + 8));
            assertThat(data.walSegmentSize().bytes()).isEqualTo(buffer.getInt(layout.walBlockSize() + 4));
            assertThat(data.dataChecksums()).isEqualTo(DataChecksums.ofVersion(buffer.getInt(layout.checksums())));
        });
    }

    @Test
    void theLayoutIsTheOneThatFitsWhateverTheVersionSays() throws Exception {
        byte[] content = ControlFiles.random(named("PostgreSQL 19"), new SplittableRandom(1));
        ControlFiles.little(content).putInt(8, 13000700);
        ControlFiles.sealed(content, 304);

        assertThat(ControlFileLayout.of(content)).contains(named("PostgreSQL 19"));
        assertThat(ControlFile.parse("x", content).data()).isPresent();
    }

    @Test
    void ofSeveralThatFitItIsTheOneThatTheVersionNames() {
        for (int version : new int[] {1700, 1902}) {
            byte[] content = ControlFiles.random(named("PostgreSQL 19"), new SplittableRandom(2));
            ControlFiles.little(content).putInt(8, version).putDouble(208, 1234567.0);
            ControlFiles.sealed(content, 288);
            ControlFiles.sealed(content, 304);

            assertThat(ControlFileLayout.of(content))
                    .contains(ControlFileLayout.named(version).orElseThrow());
        }
    }

    @Test
    void theNumbersOfGreenplum6ForWalLevelAreOlder() throws Exception {
        ControlFileLayout layout = named("Greenplum 6");
        byte[] content = ControlFiles.random(layout, new SplittableRandom(3));
        ControlFiles.little(content).putInt(172, 3);

        assertThat(ControlFile.parse("x", ControlFiles.sealed(content, 248)).data())
                .map(ControlFileData::walLevel)
                .contains(WalLevel.LOGICAL);
    }

    @Test
    void ofAnUnknownLayoutOnlyTheHeadIsReadAndOnlyIfTheFileIsWhole() {
        Seeds.forEach(200, random -> {
            int crc = 128 + 4 * random.nextInt((508 - 128) / 4 + 1);
            byte[] content = ControlFiles.ofUnknownVersion(SYSTEM, 2000 + random.nextInt(100), crc);

            ControlFile read = ControlFile.parse("x", content);
            assertThat(read.systemIdentifier()).isEqualTo(SYSTEM);
            assertThat(read.major()).isEmpty();
            assertThat(read.data()).isEmpty();

            content[random.nextInt(crc)] ^= (byte) (1 + random.nextInt(255));
            assertThatThrownBy(() -> ControlFile.parse("x", content))
                    .isInstanceOfAny(HostException.class, PostgresException.class);
            byte[] cut = Arrays.copyOf(content, random.nextInt(crc + 4));
            assertThatThrownBy(() -> ControlFile.parse("x", cut))
                    .isInstanceOfAny(HostException.class, PostgresException.class);
        });
    }

    @Test
    void anUnknownMeaningOfAFieldIsNotReadAndInAKnownVersionIsDamage() throws Exception {
        byte[] content = ControlFiles.random(named("PostgreSQL 18"), new SplittableRandom(4));
        ControlFiles.little(content).putInt(16, 7);

        ControlFiles.little(content).putInt(12, 202701011);
        assertThat(ControlFile.parse("x", ControlFiles.sealed(content, 292)).data())
                .isEmpty();
        ControlFiles.little(content).putInt(12, 202506291);
        Faults.of(() -> ControlFile.parse("x", ControlFiles.sealed(content, 292)))
                .is(ErrorCode.LOCAL_FILE)
                .says("it has an unknown database state, number 7");
    }

    @ParameterizedTest
    @CsvSource({
        // a known version writes its own pages only
        "1300, 202209061, D110, true",
        "1300, 202209061, D113, false",
        "1300, 202209061, D130, false",
        // 19 is known by its control version, whatever its catalogs
        "1902, 202607272, D121, true",
        "1902, 202611051, D121, true",
        "1902, 202607272, D118, false",
        // forks and pre-releases keep the magic of where they come from, or have one of their own
        "1300, 202201011, D110, true",
        "1300, 202201011, D118, false",
        "1800, 202501011, D118, true",
        "1800, 202501011, D130, true",
        "13000700, 302206171, D10D, true",
        "12010700, 301908232, D101, true",
        "9420600, 301908232, D07E, true",
        // a version to come has pages of its own
        "2001, 202707011, D130, true",
        "2001, 202707011, D121, false",
    })
    void aServerWritesThePagesOfItsVersion(int controlVersion, int catalogVersion, String magic, boolean may) {
        var control = new ControlFile(SYSTEM, controlVersion, catalogVersion, Optional.empty());

        assertThat(control.mayWrite(Integer.parseInt(magic, 16))).isEqualTo(may);
    }

    private static ControlFileLayout named(String servers) {
        return ControlFileLayout.known().stream()
                .filter(layout -> layout.servers().equals(servers))
                .findFirst()
                .orElseThrow();
    }
}
