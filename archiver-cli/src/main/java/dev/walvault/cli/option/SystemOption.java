package dev.walvault.cli.option;

import dev.walvault.ArchiverException;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.observe.Listener;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.vault.KnownSystems;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Name;
import dev.walvault.vault.Vault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of the systems that a vault knows as one member. */
public final class SystemOption {
    @Option(
            names = "--system-identifier",
            paramLabel = "NUMBER",
            description = "which system, where the vault knows several; otherwise that of \"pgdata\"")
    private @Nullable SystemIdentifier system;

    /** The one that was named, else that of the data directory, else every one there is. */
    public List<SystemIdentifier> all(MemberAccess access, Settings settings, Listener listener)
            throws ArchiverException {
        Optional<SystemIdentifier> one = one(access, settings, listener);
        return one.isPresent() ? List.of(one.get()) : access.vault().systems(access.cluster(), access.member());
    }

    /** The same, for whoever needs no keys. */
    public List<SystemIdentifier> systems(Vault vault, Name cluster, Name member, Settings settings)
            throws ArchiverException {
        Optional<SystemIdentifier> one = one(settings);
        return one.isPresent() ? List.of(one.get()) : vault.systems(cluster, member);
    }

    /** The one that was named, else that of the data directory, else the one with the newest backup, which is told. */
    public SystemIdentifier only(MemberAccess access, Settings settings, Listener listener) throws ArchiverException {
        Optional<SystemIdentifier> one = one(access, settings, listener);
        if (one.isPresent()) {
            return one.get();
        }
        KnownSystems known = KnownSystems.of(access);
        Optional<KnownSystems.Known> newest = known.newest();
        if (known.all().size() < 2 || newest.isEmpty()) {
            return Wiring.onlySystem(access);
        }
        listener.on(new CommandEvent.SystemChosen(access.member().toString(), newest.get(), known));
        return newest.get().system();
    }

    private Optional<SystemIdentifier> one(MemberAccess access, Settings settings, Listener listener)
            throws ArchiverException {
        Optional<SystemIdentifier> one = one(settings);
        if (system == null && one.isPresent()) {
            tellOfOthers(one.get(), access, listener);
        }
        return one;
    }

    /** A server that has replaced another one has no backups yet: it may be the other one that is wanted. */
    private static void tellOfOthers(SystemIdentifier own, MemberAccess access, Listener listener)
            throws ArchiverException {
        if (access.vault().systems(access.cluster(), access.member()).size() < 2) {
            return;
        }
        KnownSystems known = KnownSystems.of(access);
        if (known.newest().isPresent() && !known.hasBackup(own)) {
            listener.on(new CommandEvent.SystemWithoutBackup(own, known));
        }
    }

    private Optional<SystemIdentifier> one(Settings settings) throws ArchiverException {
        if (system != null) {
            return Optional.of(system);
        }
        Optional<Path> pgdata =
                settings.path(Setting.PGDATA).filter(path -> Files.isReadable(path.resolve(ControlFile.PATH)));
        return pgdata.isEmpty()
                ? Optional.empty()
                : Optional.of(ControlFile.read(pgdata.get()).systemIdentifier());
    }
}
