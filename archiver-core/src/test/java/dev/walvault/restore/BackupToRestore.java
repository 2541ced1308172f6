package dev.walvault.restore;

import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Event;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.Fixture.PackedBackup;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalEnd;
import dev.walvault.vault.Backup;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A backup in a vault, and the directory that it is restored into. */
abstract class BackupToRestore {
    static final RecoverySettings SETTINGS = new RecoverySettings(
            "walvault archive-get %f %p",
            RecoverySettings.Action.PAUSE,
            RecoverySettings.Role.PRIMARY,
            RecoverySettings.Archiving.AS_BACKED_UP,
            RecoverySettings.Subscribing.AS_BACKED_UP);

    @TempDir
    Path temporary;

    Path data;
    Fixture vault;
    final Queue<Event> events = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void emptyVault() throws Exception {
        data = temporary.resolve("data");
        vault = new Fixture();
    }

    /** Two packs with a bit of everything, and a third with what comes last. */
    PackedBackup ordinary() throws IOException {
        var random = new SplittableRandom(11);
        byte[] large = new byte[3 << 20];
        random.nextBytes(large);
        return vault.packing(3)
                .directory("base", 0700)
                .directory("base/5", 0700)
                .directory("pg_wal", 0750)
                .file("PG_VERSION", bytes("15\n"))
                .file("postgresql.conf", bytes("port = 5432\n"))
                .file("base/5/" + "x".repeat(180), bytes("a long name"))
                .pack()
                .file("base/5/16384", large)
                .file("base/5/16385", new byte[0])
                .file("postgresql.auto.conf", bytes("work_mem = '8MB'\nrestore_command = 'old'\n"))
                .link("gone", "/nowhere/at/all")
                .pack();
    }

    /** What the operator was told to weigh. */
    List<String> warnings() {
        return events.stream()
                .filter(event -> event.severity() == Event.Severity.WARNING)
                .map(Event::sentence)
                .toList();
    }

    RestoreResult restore(Backup backup) throws ArchiverException {
        return restore(backup, TablespaceMapping.NONE, new Cancellation());
    }

    RestoreResult restore(Backup backup, TablespaceMapping mapping, Cancellation cancellation)
            throws ArchiverException {
        return restore(plan(backup), mapping, cancellation);
    }

    RestoreResult restore(RestorePlan plan, TablespaceMapping mapping, Cancellation cancellation)
            throws ArchiverException {
        return restore(MemberVaults.of(vault.member), plan, mapping, cancellation);
    }

    RestoreResult restore(MemberVaults vaults, RestorePlan plan, TablespaceMapping mapping, Cancellation cancellation)
            throws ArchiverException {
        return new Restore(vaults, vault.author, events::add, cancellation).run(plan, options(mapping));
    }

    private RestoreOptions options(TablespaceMapping mapping) {
        return new RestoreOptions(
                data, Optional.empty(), mapping, Set.of(), Optional.empty(), 3, SETTINGS, Bandwidth.unlimited());
    }

    /** Looks whether it could be restored. */
    void require(Backup backup, Predicate<Path> stays) throws ArchiverException {
        new Restore(MemberVaults.of(vault.member), vault.author, events::add, new Cancellation())
                .require(plan(backup), options(TablespaceMapping.NONE), stays);
    }

    static RestorePlan plan(Backup backup) {
        return new RestorePlan(
                backup,
                T1,
                new TimelineChoice.Automatic(),
                new RecoveryTarget.AtName("it's"),
                new WalEnd(backup.facts().stop(), Optional.empty(), List.of()),
                List.of());
    }

    AbstractThrowableAssert<?, ? extends Throwable> refused(ErrorCode code, Backup backup) {
        return assertThatThrownBy(() -> restore(backup))
                .satisfies(e -> assertThat(((ArchiverException) e).code()).isEqualTo(code));
    }

    void nothingIsLeft() {
        assertThat(data).doesNotExist();
    }
}
