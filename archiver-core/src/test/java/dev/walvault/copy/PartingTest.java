package dev.walvault.copy;

import static dev.walvault.copy.TwoVaults.KEYS;
import static dev.walvault.copy.TwoVaults.T1;
import static dev.walvault.copy.TwoVaults.T2;
import static dev.walvault.copy.TwoVaults.id;
import static dev.walvault.copy.TwoVaults.in;
import static dev.walvault.copy.TwoVaults.segment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two vaults that hold different branches of one timeline: neither gets anything of the other's behind the place. */
class PartingTest {
    private static final TimelineId T3 = new TimelineId(3);
    private static final CopySelection EVERYTHING = new CopySelection.Everything();
    private static final WalFile.TimelineHistoryFile HISTORY = new WalFile.TimelineHistoryFile(T2);

    private static TwoVaults plain() throws IOException {
        return new TwoVaults(Vaults.NO_KEYS);
    }

    private static TwoVaults encrypted() throws IOException {
        return new TwoVaults(Vaults.sealOnly(AgeKey.generate()));
    }

    /** In the vault that is copied into: equal up to a segment, then another branch. */
    private static MemberVault branch(TwoVaults vaults, TimelineId timeline, long first, long parts, long last)
            throws IOException {
        MemberVault there = vaults.registered(vaults.target, Vaults.SYSTEM);
        for (long number = first; number <= last; number++) {
            TwoVaults.store(there, segment(timeline, number), (number < parts ? "segment " : "another ") + number);
        }
        return there;
    }

    private static List<String> wal(TwoVaults vaults, TimelineId timeline) {
        return vaults.copied().stream()
                .filter(key -> key.startsWith("wal/" + timeline.hex()))
                .map(key -> key.substring(key.lastIndexOf('/') + 1))
                .toList();
    }

    private static List<String> names(TimelineId timeline, long... segments) {
        return LongStream.of(segments)
                .mapToObj(number -> segment(timeline, number).name())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingIsStoredBehindTheNewestSegmentThatIsTheSame(boolean encrypted) throws IOException {
        TwoVaults vaults = (encrypted ? encrypted() : plain()).wal(T1, 1, 9).file(new WalFile.Partial(segment(T1, 10)));
        branch(vaults, T1, 3, 5, 6);

        CopyReport report = vaults.copy(EVERYTHING);

        assertThat(wal(vaults, T1)).isEqualTo(names(T1, 1, 2, 3, 4, 5, 6));
        assertThat(report.leftOut()).containsExactly(new LeftOut(T1, new Lsn(5 << 20), T1));
        assertThat(report.worst()).contains(ErrorCode.CONFLICT);
        assertThat(report.problems())
                .singleElement()
                .extracting(ArchiverException::getMessage)
                .asString()
                .contains(segment(T1, 5).name());
        assertThat(vaults.heard.warnings().getLast())
                .contains(
                        "of timeline 1 nothing behind 0/500000 is copied",
                        "copy it into a vault of its own",
                        "remove the other one there");
    }

    @Test
    void whatTheOtherVaultLacksBeforeItsOwnBranchIsNotMixedIn() throws IOException {
        TwoVaults vaults = plain().wal(T1, 1, 9);
        MemberVault there = branch(vaults, T1, 3, 9, 3);
        TwoVaults.store(there, segment(T1, 6), "another");

        vaults.copy(EVERYTHING);

        assertThat(wal(vaults, T1)).isEqualTo(names(T1, 1, 2, 3, 6));
    }

    @ParameterizedTest
    @EnumSource(CopyOptions.Mode.class)
    void aDryRunTellsTheSame(CopyOptions.Mode mode) throws IOException {
        TwoVaults vaults = plain().wal(T1, 1, 9);
        branch(vaults, T1, 3, 5, 6);

        CopyReport report = vaults.copy(vaults.source, vaults.target, EVERYTHING, mode);

        assertThat(report.leftOut()).hasSize(1);
        assertThat(report.objectsCopied()).isEqualTo(2);
        assertThat(vaults.heard.of(CopyEvent.TimelineLeftOut.class)).hasSize(1);
    }

    @Test
    void aBackupBehindThePlaceIsNotBegun() throws IOException {
        TwoVaults vaults = plain().wal(T1, 1, 9)
                .backup(1, T1, 3, 4)
                .backup(2, T1, 4, 5)
                .backup(3, T1, 8, 8)
                .point("before", T1, in(4))
                .pointBySql("behind", T1, in(8));
        branch(vaults, T1, 3, 5, 6);

        for (CopySelection selection :
                List.of(new CopySelection.OnlyBackups(Set.of(id(1), id(2), id(3))), EVERYTHING)) {
            CopyReport report = vaults.copy(selection);

            assertThat(report.backups()).containsExactly(id(1));
            assertThat(report.incomplete()).containsExactly(id(2), id(3));
        }
        assertThat(vaults.copied())
                .noneMatch(key -> key.startsWith("backups/" + id(2)))
                .noneMatch(key -> key.startsWith("backups/" + id(3)))
                .noneMatch(key -> key.startsWith("points/behind"))
                .contains("backups/" + id(1) + "/complete.json", "points/before/00000001-0000000000402000.json");
    }

    @Test
    void ofATimelineWithAnotherHistoryNothingIsStored() throws IOException {
        TwoVaults vaults = plain().wal(T1, 1, 4)
                .file(HISTORY)
                .wal(T2, 3, 6)
                .file(new WalFile.BackupHistoryFile(segment(T2, 4), 40))
                .backup(1, T2, 4, 4)
                .pointBySql("p", T2, in(5));
        MemberVault there = branch(vaults, T2, 3, 3, 3);
        TwoVaults.store(there, HISTORY, "another");

        CopyReport report = vaults.copy(EVERYTHING);

        assertThat(wal(vaults, T1)).isEqualTo(names(T1, 1, 2, 3, 4));
        assertThat(wal(vaults, T2)).isEqualTo(names(T2, 3));
        assertThat(vaults.copied()).noneMatch(key -> key.startsWith("backups/") || key.startsWith("points/"));
        assertThat(report.leftOut()).containsExactly(new LeftOut(T2, Lsn.ZERO, T2));
        assertThat(report.problems()).hasSize(1);
    }

    private static TwoVaults withDescendants(TwoVaults vaults) throws IOException {
        vaults.wal(T1, 1, 9).wal(T2, 4, 5).wal(T3, 8, 9);
        vaults.history(T2, "1\t0/480000\tx\n");
        vaults.history(T3, "1\t0/880000\tx\n");
        branch(vaults, T1, 3, 6, 6);
        return vaults;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTimelineThatLeavesBehindThePlaceIsLeftOutAndOneBeforeItIsNot(boolean encrypted) throws IOException {
        TwoVaults vaults = withDescendants(encrypted ? encrypted() : plain());

        CopyReport report = vaults.copy(EVERYTHING);

        assertThat(wal(vaults, T2)).isEqualTo(names(T2, 4, 5));
        assertThat(wal(vaults, T3)).isEmpty();
        assertThat(vaults.copied()).contains("history/00000002.history").doesNotContain("history/00000003.history");
        assertThat(report.leftOut())
                .containsExactly(new LeftOut(T1, new Lsn(6 << 20), T1), new LeftOut(T3, Lsn.ZERO, T1));
        assertThat(vaults.heard.warnings())
                .anySatisfy(warning -> assertThat(warning)
                        .contains("of timeline 3 nothing is copied: it comes or may come from timeline 1"));
    }

    /** It is no other server's WAL, and blocks nothing but itself. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNewestSegmentKeepsNothingBackWhereItIsDamaged(boolean there) throws IOException {
        TwoVaults vaults = plain().wal(T1, 1, 9);
        branch(vaults, T1, 3, 9, 6);
        (there ? vaults.target : vaults.source).damage(KEYS.wal(segment(T1, 6)), _ -> new byte[0]);

        CopyReport report = vaults.copy(EVERYTHING);

        assertThat(report.worst()).contains(there ? ErrorCode.CONFLICT : ErrorCode.CORRUPT);
        assertThat(report.leftOut()).isEmpty();
        assertThat(wal(vaults, T1)).isEqualTo(names(T1, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    }

    @Test
    void behindADamagedSegmentAnotherBranchIsStillSeen() throws IOException {
        TwoVaults vaults = plain().wal(T1, 1, 9);
        branch(vaults, T1, 3, 5, 7);
        vaults.target.damage(KEYS.wal(segment(T1, 7)), _ -> new byte[0]);

        CopyReport report = vaults.copy(EVERYTHING);

        assertThat(report.leftOut()).containsExactly(new LeftOut(T1, new Lsn(5 << 20), T1));
        assertThat(wal(vaults, T1)).isEqualTo(names(T1, 1, 2, 3, 4, 5, 6, 7));
    }

    @Test
    void whatIsDamagedBeforeEqualWalKeepsNothingBehindItBack() throws IOException {
        TwoVaults vaults = plain().wal(T1, 1, 9);
        branch(vaults, T1, 3, 9, 6);
        vaults.target.damage(KEYS.wal(segment(T1, 4)), _ -> new byte[3]);

        CopyReport report = vaults.copy(EVERYTHING);

        assertThat(report.worst()).contains(ErrorCode.CONFLICT);
        assertThat(report.leftOut()).isEmpty();
        assertThat(wal(vaults, T1)).hasSize(9);
    }

    @Test
    void aServerThatGoesOnThereMeanwhileEndsIt() throws IOException {
        TwoVaults vaults = plain().wal(T1, 1, 40);
        MemberVault there = branch(vaults, T1, 1, 4, 3);
        var watched = new FaultyStore(vaults.target).before(Call.CREATE, () -> {
            try {
                if (vaults.target.head(KEYS.wal(segment(T1, 4))).isEmpty()) {
                    TwoVaults.store(there, segment(T1, 4), "another");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        CopyReport report = vaults.copy(vaults.source, watched, EVERYTHING, CopyOptions.Mode.COPY);

        assertThat(report.worst()).contains(ErrorCode.CONFLICT);
        assertThat(report.leftOut()).containsExactly(new LeftOut(T1, new Lsn(4 << 20), T1));
        assertThat(wal(vaults, T1)).hasSizeLessThan(30);
    }
}
