package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.KeyException;
import dev.walvault.StoreException;
import dev.walvault.archive.LocalState;
import dev.walvault.archive.LookAheadLimits;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.config.StoreLocation;
import dev.walvault.doctor.LocalDirectory;
import dev.walvault.doctor.Remedies;
import dev.walvault.examine.Checks;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ServerDirectories;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pipe.Identities;
import dev.walvault.pipe.Recipients;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.fs.FsChecks;
import dev.walvault.store.fs.FsStore;
import dev.walvault.store.s3.S3Checks;
import dev.walvault.store.s3.S3Policies;
import dev.walvault.store.s3.S3Store;
import dev.walvault.vault.Author;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Name;
import dev.walvault.vault.Vault;
import dev.walvault.work.DiskLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds the engine's objects from the settings. Closing it closes the vaults that were opened. */
final class Wiring implements AutoCloseable {
    private static final String S3_KEYS = "AWS_ACCESS_KEY_ID";

    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final Settings settings;
    private final Author author;
    private final Listener listener;
    private final DiskLimits limits;
    private final List<WiredVault> wired = new ArrayList<>();
    private final List<ObjectStore> opened = new ArrayList<>();
    private boolean warned;

    Wiring(Invocation invocation) throws ConfigurationException {
        this(invocation, DiskLimits.none());
    }

    /** For a command that may have to leave the disks to others: how fast it uses vaults that are directories. */
    Wiring(Invocation invocation, DiskLimits limits) throws ConfigurationException {
        this.limits = limits;
        this.settings = invocation.settings();
        this.listener = invocation.console();
        this.author = new Author(
                hostName(invocation.shell()), Version.TEXT, Clock.systemUTC(), () -> new SecureRandom().nextLong());
    }

    private static String hostName(Shell shell) {
        try {
            return Files.readString(KERNEL_HOST_NAME).strip();
        } catch (IOException _) {
            return shell.environment().getOrDefault("HOSTNAME", "unknown");
        }
    }

    Author author() {
        return author;
    }

    Name cluster() throws ConfigurationException {
        return new Name(settings.require(Setting.CLUSTER));
    }

    Name member() throws ConfigurationException {
        return new Name(settings.require(Setting.MEMBER));
    }

    Recipients recipients() throws KeyException {
        return Recipients.parse(settings.texts(Setting.RECIPIENTS));
    }

    /** For commands that store: an identity that is not on this host only means that it cannot look into what is stored. */
    Keyring storingKeyring() throws KeyException {
        Identities identities;
        try {
            identities = Identities.read(settings.paths(Setting.IDENTITY_FILES));
        } catch (KeyException e) {
            if (e.code() != ErrorCode.KEY_MISSING) {
                throw e;
            }
            identities = Identities.none();
        }
        return new Keyring(recipients(), identities);
    }

    /** For commands that restore: every identity that is configured must be there. */
    Keyring restoringKeyring() throws KeyException {
        return new Keyring(recipients(), Identities.read(settings.paths(Setting.IDENTITY_FILES)));
    }

    /** Where the configured vaults are. */
    Places places() throws ConfigurationException {
        return Places.of(settings);
    }

    /**
     * Where a vault is that the command line names.
     *
     * @param text a number of the configuration, from 1, or a URL
     */
    StoreLocation location(String text) throws ConfigurationException {
        return places().any(text);
    }

    /** The variable that has the keys of a configured S3 vault, if one has: a server does not inherit it. */
    Optional<String> keysOfEnvironment(Map<String, String> environment) throws ConfigurationException {
        boolean used = false;
        for (StoreLocation place : places().all()) {
            used |= place instanceof StoreLocation.S3 bucket
                    && switch (bucket.options().credentials()) {
                        case AUTO, ENVIRONMENT -> true;
                        case PROFILE, WEB_IDENTITY, CONTAINER, INSTANCE -> false;
                    };
        }
        return used && environment.containsKey(S3_KEYS) ? Optional.of(S3_KEYS) : Optional.empty();
    }

    /** What only the driver knows of its store. */
    Checks driverChecks(StoreLocation location, Optional<Path> pgdata) throws ConfigurationException {
        return switch (location) {
            case StoreLocation.FileSystem(Path root) -> FsChecks.of(root, pgdata);
            case StoreLocation.S3 bucket ->
                S3Checks.of(bucket, ObjectKey.of(cluster().value()));
        };
    }

    /** The directories that commands write to on this host. */
    List<LocalDirectory> localDirectories() throws ConfigurationException {
        var directories = new ArrayList<LocalDirectory>();
        directories.add(LocalDirectory.thatIsThere(
                "temporary files",
                Path.of(System.getProperty("java.io.tmpdir")),
                "WALVAULT_JAVA_OPTS=-Djava.io.tmpdir=DIR"));
        List<StoreLocation> places = places().all();
        if (settings.integer(Setting.LOOK_AHEAD) > 0
                || settings.bytes(Setting.PREFETCH) > 0
                || places.size() > 1
                || places.stream().anyMatch(StoreLocation.S3.class::isInstance)) {
            directories.add(LocalDirectory.madeWhenNeeded(
                    "state directory", settings.requirePath(Setting.STATE_DIRECTORY), Setting.STATE_DIRECTORY.key()));
        }
        return directories;
    }

    /** What a store at {@code location} has to allow; empty where no such policies exist. */
    static Optional<S3Policies> policies(StoreLocation location) {
        return switch (location) {
            case StoreLocation.FileSystem _ -> Optional.empty();
            case StoreLocation.S3 bucket -> Optional.of(S3Policies.of(bucket));
        };
    }

    /** What to do about a store of this kind that fails a check. */
    static Remedies remedies(StoreLocation location) {
        return switch (location) {
            case StoreLocation.FileSystem _ -> Remedies.ofFileSystem();
            case StoreLocation.S3 _ -> Remedies.ofS3();
        };
    }

    /** Opens any vault, which must be there. */
    Vault vault(StoreLocation location) throws ArchiverException {
        return Vault.open(handle(location));
    }

    /** Another handle of the store in this place; closed with this. */
    ObjectStore handle(StoreLocation location) throws ArchiverException {
        ObjectStore store = store(location);
        opened.add(store);
        return store;
    }

    /** The store in this place, which must be there; the caller closes it. */
    ObjectStore store(StoreLocation location) throws ArchiverException {
        return switch (location) {
            case StoreLocation.FileSystem(Path root) -> FsStore.open(root, limits);
            case StoreLocation.S3 bucket -> S3Store.open(bucket, MemberKeys::kindOf, listener);
        };
    }

    /** Makes the place where a vault is to be created, if it needs one. */
    static void createPlace(StoreLocation location) throws StoreException {
        switch (location) {
            case StoreLocation.FileSystem(Path root) -> FsStore.createRoot(root);
            case StoreLocation.S3 _ -> {
                // the bucket is there already, or its absence is said by the first request
            }
        }
    }

    /** Refuses vaults that lie where the server's own files are: each backup would contain all earlier ones. */
    void requireOutsideOfServer(Path pgdata) throws ArchiverException {
        for (StoreLocation place : places().all()) {
            switch (place) {
                case StoreLocation.FileSystem(Path root) -> requireOutside(pgdata, root);
                case StoreLocation.S3 _ -> {
                    // no directory of this host
                }
            }
        }
    }

    private static void requireOutside(Path pgdata, Path root) throws ArchiverException {
        Optional<Path> within;
        try {
            within = ServerDirectories.of(pgdata).containing(root);
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "could not find out where \"" + root + "\" and \"" + pgdata + "\" lie")
                    .detail(FileTrouble.named(e))
                    .cause(e)
                    .store();
        }
        if (within.isPresent()) {
            throw Fault.of(
                            ErrorCode.CONFIGURATION,
                            "the vault \"" + root + "\" lies inside of the server's directory \"" + within.get() + "\"")
                    .detail("each backup would contain all earlier ones, and would be lost with the server")
                    .hint("Choose a place outside of the data directory and of its tablespaces, on another disk.")
                    .configuration();
        }
    }

    /** The configured vaults in their order; at least one. */
    List<WiredVault> vaults(Keyring keyring) throws ConfigurationException {
        return vaults(keyring, false);
    }

    /** The same for a command that runs for each segment. */
    List<WiredVault> vaultsForSegment(Keyring keyring) throws ConfigurationException {
        return vaults(keyring, true);
    }

    private List<WiredVault> vaults(Keyring keyring, boolean frequent) throws ConfigurationException {
        settings.require(Setting.VAULT);
        var vaults = new ArrayList<WiredVault>();
        for (StoreLocation place : places().all()) {
            vaults.add(new WiredVault(this, vaults.size() + 1, place, keyring, frequent));
        }
        wired.addAll(vaults);
        return vaults;
    }

    /** In how many of the vaults a file must be before it is acknowledged. */
    int copies(int vaults) throws ConfigurationException {
        String copies = settings.require(Setting.COPIES);
        if (copies.equals("all")) {
            return vaults;
        }
        int demanded = Integer.parseInt(copies);
        if (demanded > vaults) {
            throw Fault.of(
                            ErrorCode.CONFIGURATION,
                            "archive_push.copies is " + demanded + ", but there "
                                    + (vaults == 1 ? "is one vault" : "are " + vaults + " vaults"))
                    .detail("set by " + settings.value(Setting.COPIES).origin())
                    .configuration();
        }
        return demanded;
    }

    /** How far archive-push goes beyond what it was asked for. */
    LookAheadLimits lookAhead() {
        return LookAheadLimits.of(settings.integer(Setting.LOOK_AHEAD), settings.integer(Setting.PUSH_JOBS));
    }

    /** What this host remembers between two calls. */
    LocalState state() throws ConfigurationException {
        Path directory = settings.requirePath(Setting.STATE_DIRECTORY);
        LocalState state = LocalState.in(directory, author.clock());
        if (state.isForeign() && !warned) {
            warned = true;
            listener.on(new Event.Warning("state directory \"" + directory
                    + "\" belongs to another user, or others can write to it: nothing in it is believed"));
        }
        return state;
    }

    /** The configured member of a vault. */
    MemberAccess access(Vault vault, Keyring keyring) throws ConfigurationException {
        return new MemberAccess(vault, cluster(), member(), keyring, author);
    }

    /** The control file of the configured data directory. */
    ControlFile controlFile() throws ArchiverException {
        return ControlFile.read(settings.requirePath(Setting.PGDATA));
    }

    /** The one system that the vault knows as this member. */
    static SystemIdentifier onlySystem(MemberAccess access) throws ArchiverException {
        List<SystemIdentifier> systems = access.vault().systems(access.cluster(), access.member());
        if (systems.size() == 1) {
            return systems.getFirst();
        }
        String who = "member \"" + access.member() + "\" of cluster \"" + access.cluster() + "\"";
        throw systems.isEmpty()
                ? Fault.of(ErrorCode.VAULT_MISSING, "the vault knows no system as " + who)
                        .hint("Introduce it with \"walvault init\".")
                        .store()
                : Fault.of(ErrorCode.CONFIGURATION, "the vault knows several systems as " + who)
                        .detail("known: " + SystemIdentifier.listed(systems))
                        .hint("Name one with --system-identifier.")
                        .configuration();
    }

    @Override
    public void close() {
        wired.forEach(WiredVault::close);
        opened.forEach(ObjectStore::close);
    }
}
