package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.archive.SalvageReport;
import dev.walvault.aside.AsideRemoval;
import dev.walvault.aside.AsideReport;
import dev.walvault.aside.InPlace;
import dev.walvault.aside.NewContent;
import dev.walvault.aside.ServerPlaces;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Texts;
import dev.walvault.cli.option.InPlaceOptions;
import dev.walvault.cli.report.InPlaceText;
import dev.walvault.cli.report.RestoreText;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.pg.PgMajor;
import dev.walvault.restore.BackupExtent;
import dev.walvault.restore.Restore;
import dev.walvault.restore.RestoreOptions;
import dev.walvault.restore.RestorePlan;
import dev.walvault.restore.RestoreResult;
import dev.walvault.restore.TablespaceMapping;
import dev.walvault.store.Place;
import dev.walvault.vaults.MemberVaults;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A restore over the data directory of a stopped server, and the way back. */
final class InPlaceRestore {
    private static final String WITHOUT_SALVAGE =
            "Mend that, or add --no-salvage: the WAL is moved aside then with everything" + " else, and not removed.";

    private final Invocation invocation;
    private final InPlaceOptions options;

    InPlaceRestore(Invocation invocation, InPlaceOptions options) {
        this.invocation = invocation;
        this.options = options;
    }

    /** Chooses the backup. */
    interface Planning {
        RestorePlan plan(MemberVaults member) throws ArchiverException;
    }

    /** {@code given}: what the command line says, with the directory that is restored over. */
    int restore(Wiring wiring, MemberVaults member, Planning planning, RestoreOptions given) throws ArchiverException {
        try (var inPlace = begin(wiring, given.directory())) {
            ServerPlaces server = inPlace.places();
            if (inPlace.hasOld()) {
                if (!options.takesOtherSystem()) {
                    inPlace.requireSystem(member.keys().system());
                }
                requireKept(wiring, server);
                if (options.salvages()) {
                    salvage(wiring, inPlace.directory());
                }
            }
            RestorePlan plan = planning.plan(member);
            var extent = BackupExtent.read(member, plan.backup());
            TablespaceMapping mapping = given.tablespaces().servedAt(server.tablespaces());
            Map<Long, Path> tablespaces = extent.places(mapping);
            RestoreOptions over = given.over(mapping, server.walLink());
            var content = new NewContent(
                    PgMajor.fromServerVersionNum(plan.backup().facts().serverVersionNum())
                            .toString(),
                    extent.in(inPlace.directory(), tablespaces),
                    elsewhere(server, tablespaces),
                    given.walDirectory().isPresent());
            var restore = new Restore(member, wiring.author(), invocation.console(), invocation.cancellation());
            RestoreResult result = inPlace.run(content, options.replaces(), new InPlace.Restoring<>() {
                @Override
                public void require(Predicate<Path> stays) throws ArchiverException {
                    restore.require(plan, over, stays);
                }

                @Override
                public RestoreResult restore(Predicate<Path> stays) throws ArchiverException {
                    return restore.run(plan, over, stays);
                }
            });
            AsideReport aside = inPlace.asides().getFirst();
            invocation
                    .console()
                    .result(
                            "restore",
                            RestoreText.json(plan, result, invocation.console().warnings())
                                    .andThen(InPlaceText.json(List.of(aside))),
                            () -> RestoreText.text(plan, result) + "\n"
                                    + InPlaceText.restored(given.directory(), aside));
            return 0;
        }
    }

    /** The vault, and with {@code --replace} all else that is needed again, must not go with the old files. */
    private void requireKept(Wiring wiring, ServerPlaces server) throws ArchiverException {
        Settings settings = invocation.settings();
        for (Place vault : wiring.places().all()) {
            if (vault.directory().isPresent()) {
                requireKept("vault", vault.directory().get(), server);
            }
        }
        if (!options.replaces()) {
            return;
        }
        requireKept("state directory", settings.requirePath(Setting.STATE_DIRECTORY), server);
        for (Path identity : settings.paths(Setting.IDENTITY_FILES)) {
            requireKept("identity file", identity, server);
        }
        Optional<Path> signing = settings.path(Setting.SIGNING_KEY_FILE);
        if (signing.isPresent()) {
            requireKept("signing key", signing.get(), server);
        }
        if (settings.file().isPresent()) {
            requireKept("configuration file", settings.file().get(), server);
        }
    }

    private void requireKept(String what, Path path, ServerPlaces server) throws ArchiverException {
        Optional<Path> holding = server.holding(path);
        if (holding.isPresent()) {
            throw Fault.of(
                            ErrorCode.DIRECTORY_IN_USE,
                            "the " + what + " \"" + path + "\" is inside of \"" + holding.get() + "\"")
                    .detail("It would be " + (options.replaces() ? "removed" : "moved aside")
                            + " with the old files, and is needed.")
                    .hint("Move it out of there, and name its new place in the configuration.")
                    .host();
        }
    }

    private InPlace begin(Wiring wiring, Path directory) throws ArchiverException {
        return InPlace.begin(directory, wiring.author().clock(), invocation.console());
    }

    private static Set<Long> elsewhere(ServerPlaces server, Map<Long, Path> tablespaces) {
        var elsewhere = new HashSet<Long>();
        server.tablespaces().forEach((oid, place) -> {
            if (!place.equals(tablespaces.get(oid))) {
                elsewhere.add(oid);
            }
        });
        return elsewhere;
    }

    /** Before the backup is chosen, so that the restore reaches as far as the old WAL does. */
    private void salvage(Wiring wiring, Path data) throws ArchiverException {
        SalvageReport report;
        try {
            report = SalvageCommand.salvage(invocation, wiring, data);
        } catch (ArchiverException e) {
            String hint = e.hint().map(text -> text + " ").orElse("");
            throw Fault.from(e).hint(hint + WITHOUT_SALVAGE).exception();
        }
        Optional<ErrorCode> worst = report.worst();
        if (worst.isPresent()) {
            throw Fault.of(worst.get(), "not all WAL in \"" + data + "\" could be salvaged")
                    .detail("Nothing was changed. Not stored: "
                            + Texts.counted(report.problems().size(), "file") + ".")
                    .hint(WITHOUT_SALVAGE)
                    .exception();
        }
        if (!report.stored().isEmpty()) {
            invocation.console().on(new CommandEvent.Salvaged(report));
        }
    }

    private static HostException nothingToUndo(Path directory) {
        return Fault.of(
                        ErrorCode.NOTHING_TO_UNDO,
                        "there is nothing to undo: no restore has moved aside what was in \"" + directory + "\"")
                .detail("Nothing was changed. If an earlier undo was interrupted near its end, the old files are back.")
                .hint("If another data directory is meant, name it with -D.")
                .host();
    }

    int undo(Wiring wiring, Path directory) throws ArchiverException {
        List<AsideReport> undone;
        boolean any;
        try (var inPlace = begin(wiring, directory)) {
            undone = inPlace.undo(options.discardsRestored()).stream().toList();
            any = !undone.isEmpty() || inPlace.hasSettled();
        } catch (HostException e) {
            // no server has to be stopped for nothing
            throw e.code() == ErrorCode.DIRECTORY_IN_USE && !InPlace.hasSetAside(directory)
                    ? nothingToUndo(directory)
                    : e;
        }
        if (!any) {
            throw nothingToUndo(directory);
        }
        invocation.console().result("restore", InPlaceText.json(undone), () -> InPlaceText.undone(directory));
        return 0;
    }

    int remove(Path directory) throws ArchiverException {
        List<AsideReport> removed = AsideRemoval.run(directory);
        invocation.console().result("restore", InPlaceText.json(removed), () -> InPlaceText.removed(removed));
        return 0;
    }
}
