package dev.walvault.prefetch;

import static dev.walvault.prefetch.Recovery.content;
import static dev.walvault.prefetch.Recovery.segment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.archive.Handover;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Vaults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefetchSpoolTest {
    private static final WalFile.Segment THIRD = segment(1, 3);
    private static final byte[] CONTENT = content(1, 3);

    @TempDir
    private Path root;

    private Recovery recovery;
    private PrefetchSpool spool;
    private Path destination;

    @BeforeEach
    void aSpool() throws Exception {
        recovery = new Recovery(root);
        spool = recovery.spool;
        destination = recovery.data.resolve("pg_wal/RECOVERYXLOG");
        spool.lock().orElseThrow().close();
    }

    private SpooledSegment add(WalFile.Segment segment, byte[] content) throws Exception {
        var landing = spool.landing(segment);
        Path begun = Files.write(landing.begin(), content);
        landing.land(begun);
        return spool.find(segment).orElseThrow();
    }

    @Test
    void aSegmentIsTakenOutAsItWasPutIn() throws Exception {
        SpooledSegment spooled = add(THIRD, CONTENT);

        assertThat(spool.take(spooled, Handover.at(destination))).isTrue();

        assertThat(destination).hasBinaryContent(CONTENT);
        assertThat(recovery.spoolFiles()).isEmpty();
        assertThat(recovery.data.resolve("pg_wal")).isDirectoryNotContaining(path -> !path.equals(destination));
    }

    @Test
    void whatIsNotWholeIsNotFound() throws Exception {
        Files.write(spool.landing(THIRD).begin(), Arrays.copyOf(CONTENT, 1000));

        assertThat(spool.find(THIRD)).isEmpty();
        assertThat(spool.growing(THIRD)).hasValue(1000);
        assertThat(spool.growing(segment(1, 4))).isEmpty();
    }

    @Test
    void whatIsDamagedIsThrownAway() throws Exception {
        throwsAway(bytes -> {
            bytes[bytes.length / 2] ^= 1;
            return bytes;
        });
        throwsAway(bytes -> Arrays.copyOf(bytes, bytes.length / 2));
        throwsAway(bytes -> Arrays.copyOf(bytes, bytes.length + 1));
        throwsAway(_ -> new byte[0]);
    }

    private void throwsAway(UnaryOperator<byte[]> damage) throws Exception {
        SpooledSegment spooled = add(THIRD, CONTENT);
        Files.write(spool.directory().resolve(spooled.fileName()), damage.apply(CONTENT.clone()));

        refuses(spooled);
    }

    private void refuses(SpooledSegment spooled) throws Exception {
        assertThat(spool.take(spooled, Handover.at(destination))).isFalse();
        assertThat(destination).doesNotExist();
        assertThat(recovery.spoolFiles()).isEmpty();
    }

    @Test
    void anotherFileInItsPlaceIsThrownAwayThoughItLooksTheSame() throws Exception {
        SpooledSegment spooled = add(THIRD, CONTENT);
        Path file = spool.directory().resolve(spooled.fileName());
        Path other = Files.write(root.resolve("other"), CONTENT);
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        refuses(spooled);
    }

    @Test
    void whatIsForeignIsThrownAwayThoughNobodyWroteToIt() throws Exception {
        refuses(add(THIRD, Wal.segment(THIRD.name(), Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE, 0)));
        refuses(add(THIRD, content(1, 4)));
        refuses(add(THIRD, content(2, 3)));
        refuses(add(THIRD, Arrays.copyOf(CONTENT, CONTENT.length / 2)));
        refuses(add(THIRD, "garbage".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void whatOthersCanHaveWrittenIsThrownAway() throws Exception {
        SpooledSegment spooled = add(THIRD, CONTENT);
        Files.setPosixFilePermissions(
                spool.directory().resolve(spooled.fileName()), PosixFilePermissions.fromString("rw-rw-rw-"));
        refuses(spooled);

        Files.setPosixFilePermissions(recovery.stateDirectory, PosixFilePermissions.fromString("rwxrwxrwx"));
        refuses(add(THIRD, CONTENT));
    }

    @Test
    void aSegmentOfAnySizeThatItsHeaderSpeaksOfIsServed() throws Exception {
        byte[] large = Wal.segment(THIRD.name(), Vaults.SYSTEM, new WalSegmentSize(4 << 20), 0);

        assertThat(spool.take(add(THIRD, large), Handover.at(destination))).isTrue();
        assertThat(destination).hasBinaryContent(large);
    }

    @Test
    void aLinkIsThrownAwayWhateverItLeadsTo() throws Exception {
        SpooledSegment spooled = add(THIRD, CONTENT);
        Path file = spool.directory().resolve(spooled.fileName());
        Path elsewhere = Files.move(file, root.resolve("elsewhere"));
        Files.createSymbolicLink(file, elsewhere);

        refuses(spooled);
        assertThat(elsewhere).exists();
    }

    @Test
    void onlyWhatIsWantedIsKept() throws Exception {
        add(THIRD, CONTENT);
        add(segment(1, 4), content(1, 4));
        Path growing = Files.createFile(spool.landing(segment(1, 5)).begin());

        spool.keepOnly(Set.of(segment(1, 4)));

        assertThat(recovery.spooled()).containsExactly(segment(1, 4).name());
        assertThat(growing).exists();
    }

    @Test
    void emptyingLeavesThePositionAndRemovingNothing() throws Exception {
        var position = RecoveryPosition.unknown(recovery.server()).served(THIRD);
        spool.write(position);
        add(THIRD, CONTENT);
        Files.createFile(spool.landing(segment(1, 5)).begin());

        spool.empty();
        assertThat(recovery.spoolFiles()).containsExactly("position");
        assertThat(spool.position()).contains(position);

        spool.remove();
        assertThat(spool.directory()).doesNotExist();
        spool.remove();
    }

    @Test
    void itIsForItsOwnerOnly() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool.directory())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(recovery.stateDirectory.resolve("prefetch"))))
                .isEqualTo("rwx------");
    }

    @Test
    void itIsHeldByOne() throws Exception {
        assertThat(spool.isFilled()).isFalse();

        try (var held = spool.lock().orElseThrow()) {
            assertThat(held).isNotNull();
            assertThat(spool.isFilled()).isTrue();
            assertThat(spool.lock()).isEmpty();
        }
        assertThat(spool.isFilled()).isFalse();
    }

    @Test
    void withAnotherDataDirectoryOrOtherVaultsItIsAnother() throws Exception {
        var other = new Recovery(root, "other");

        assertThat(other.spool.directory()).isNotEqualTo(spool.directory());
        assertThat(recovery.spool("elsewhere").directory()).isNotEqualTo(spool.directory());
        assertThat(recovery.spool("vault", "elsewhere").directory()).isNotEqualTo(spool.directory());
        try (var held = spool.lock().orElseThrow();
                var others = other.spool.lock().orElseThrow()) {
            assertThat(held).isNotSameAs(others);
        }
    }

    @Test
    void aDataDirectoryIsTheSameByAnotherName() throws Exception {
        Path link = Files.createSymbolicLink(root.resolve("link"), recovery.data);
        var keys = new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.SYSTEM);

        var same = PrefetchSpool.of(recovery.state, new DataDirectory(link), keys, List.of("vault"));

        assertThat(same.directory()).isEqualTo(spool.directory());
    }
}
