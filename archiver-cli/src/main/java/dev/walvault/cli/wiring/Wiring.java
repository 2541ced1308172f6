package dev.walvault.cli.wiring;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.KeyException;
import dev.walvault.archive.LocalState;
import dev.walvault.archive.LookAheadLimits;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.console.Shell;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.doctor.LocalDirectory;
import dev.walvault.examine.Checks;
import dev.walvault.observe.Listener;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ServerDirectories;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.seal.Identities;
import dev.walvault.seal.Recipients;
import dev.walvault.sign.SigningKey;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Place;
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
public final class Wiring implements AutoCloseable {

    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final Settings settings;
    private final Author author;
    private final Listener listener;
    private final DiskLimits limits;
    private final List<WiredVault> wired = new ArrayList<>();
    private final List<ObjectStore> opened = new ArrayList<>();
    private boolean warned;

    public Wiring(Invocation invocation) throws ConfigurationException {
        this(invocation, DiskLimits.none());
    }

    /** For a command that may have to leave the disks to others: how fast it uses vaults that are directories. */
    public Wiring(Invocation invocation, DiskLimits limits) throws ConfigurationException {
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

    /** As whom this process writes. */
    public Author author() {
        return author;
    }

    /** The cluster of the configuration. */
    public Name cluster() throws ConfigurationException {
        return new Name(settings.require(Setting.CLUSTER));
    }

    /** The member of the configuration. */
    public Name member() throws ConfigurationException {
        return new Name(settings.require(Setting.MEMBER));
    }

    Recipients recipients() throws KeyException {
        return Recipients.parse(settings.texts(Setting.RECIPIENTS));
    }

    /** For commands that store. What they store is signed if a signing key is configured, which must be there then. */
    public Keyring storingKeyring() throws KeyException {
        Keyring looking = lookingKeyring();
        Optional<Path> signing = settings.path(Setting.SIGNING_KEY_FILE);
        return signing.isEmpty() ? looking : looking.signingBy(SigningKey.read(signing.get()));
    }

    /**
     * For commands that look: an identity that is not on this host only means that it cannot look into what is stored.
     */
    public Keyring lookingKeyring() throws KeyException {
        Identities identities;
        try {
            identities = Identities.read(settings.paths(Setting.IDENTITY_FILES));
        } catch (KeyException e) {
            if (e.code() != ErrorCode.KEY_MISSING) {
                throw e;
            }
            identities = Identities.none();
        }
        return keyring(identities);
    }

    /** For commands that restore: every identity that is configured must be there. */
    public Keyring restoringKeyring() throws KeyException {
        return keyring(Identities.read(settings.paths(Setting.IDENTITY_FILES)));
    }

    /**
     * The same for commands that complete the index of restore points beside what they are for: they sign it where a
     * signing key is configured that this user can read.
     */
    public Keyring signingIndex(Keyring keyring) {
        Optional<Path> signing = settings.path(Setting.SIGNING_KEY_FILE);
        try {
            return signing.isEmpty() ? keyring : keyring.signingBy(SigningKey.read(signing.get()));
        } catch (KeyException _) {
            // what was found is used all the same, and not stored
            return keyring;
        }
    }

    private Keyring keyring(Identities identities) throws KeyException {
        return new Keyring(recipients(), identities, Optional.empty(), settings.trustedWriters());
    }

    /** Where the configured vaults are. */
    public Places places() throws ConfigurationException {
        return Places.of(settings);
    }

    /**
     * Where a vault is that the command line names.
     *
     * @param text a number of the configuration, from 1, or a URL
     */
    public Place location(String text) throws ConfigurationException {
        return places().any(text);
    }

    /** The variable that has the key of a configured vault, if one has: a server does not inherit it. */
    public Optional<String> keysOfEnvironment(Map<String, String> environment) throws ConfigurationException {
        return places().all().stream()
                .flatMap(place -> place.keyVariable().stream())
                .filter(environment::containsKey)
                .findFirst();
    }

    /** What only the driver knows of its store. */
    public Checks driverChecks(Place place, Optional<Path> pgdata) throws ConfigurationException {
        return place.checks(ObjectKey.of(cluster().value()), pgdata);
    }

    /** The directories that commands write to on this host. */
    public List<LocalDirectory> localDirectories() throws ConfigurationException {
        var directories = new ArrayList<LocalDirectory>();
        directories.add(LocalDirectory.thatIsThere(
                "temporary files",
                Path.of(System.getProperty("java.io.tmpdir")),
                "WALVAULT_JAVA_OPTS=-Djava.io.tmpdir=DIR"));
        List<Place> places = places().all();
        if (settings.integer(Setting.LOOK_AHEAD) > 0
                || settings.bytes(Setting.PREFETCH) > 0
                || places.size() > 1
                || places.stream().anyMatch(place -> place.directory().isEmpty())) {
            directories.add(LocalDirectory.madeWhenNeeded(
                    "state directory", settings.requirePath(Setting.STATE_DIRECTORY), Setting.STATE_DIRECTORY.key()));
        }
        return directories;
    }

    /** Opens any vault, which must be there. */
    public Vault vault(Place location) throws ArchiverException {
        return Vault.open(handle(location));
    }

    /** Another handle of the store in this place; closed with this. */
    public ObjectStore handle(Place location) throws ArchiverException {
        ObjectStore store = store(location);
        opened.add(store);
        return store;
    }

    /** The store in this place, which must be there; the caller closes it. */
    ObjectStore store(Place location) throws ArchiverException {
        return location.open(new Place.Opening(MemberKeys::kindOf, listener, limits));
    }

    /** Refuses vaults that lie where the server's own files are: each backup would contain all earlier ones. */
    public void requireOutsideOfServer(Path pgdata) throws ArchiverException {
        for (Place place : places().all()) {
            Optional<Path> directory = place.directory();
            if (directory.isPresent()) {
                requireOutside(pgdata, directory.get());
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
                    .host();
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
    public List<WiredVault> vaults(Keyring keyring) throws ConfigurationException {
        return vaults(keyring, false);
    }

    /** The same for a command that runs for each segment. */
    public List<WiredVault> vaultsForSegment(Keyring keyring) throws ConfigurationException {
        return vaults(keyring, true);
    }

    private List<WiredVault> vaults(Keyring keyring, boolean frequent) throws ConfigurationException {
        settings.require(Setting.VAULT);
        var vaults = new ArrayList<WiredVault>();
        for (Place place : places().all()) {
            vaults.add(new WiredVault(this, vaults.size() + 1, place, keyring, frequent));
        }
        wired.addAll(vaults);
        return vaults;
    }

    /** In how many of the vaults a file must be before it is acknowledged. */
    public int copies(int vaults) throws ConfigurationException {
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
    public LookAheadLimits lookAhead() {
        return LookAheadLimits.of(settings.integer(Setting.LOOK_AHEAD), settings.integer(Setting.PUSH_JOBS));
    }

    /** What this host remembers between two calls. */
    public LocalState state() throws ConfigurationException {
        Path directory = settings.requirePath(Setting.STATE_DIRECTORY);
        LocalState state = LocalState.in(directory, author.clock());
        if (state.isForeign() && !warned) {
            warned = true;
            listener.on(new CommandEvent.StateDirectoryForeign(directory));
        }
        return state;
    }

    /** The configured member of a vault. */
    MemberAccess access(Vault vault, Keyring keyring) throws ConfigurationException {
        return new MemberAccess(vault, cluster(), member(), keyring, author);
    }

    /** The control file of the configured data directory. */
    public ControlFile controlFile() throws ArchiverException {
        return ControlFile.read(settings.requirePath(Setting.PGDATA));
    }

    /** The one system that the vault knows as this member. */
    public static SystemIdentifier onlySystem(MemberAccess access) throws ArchiverException {
        List<SystemIdentifier> systems = access.vault().systems(access.cluster(), access.member());
        if (systems.size() == 1) {
            return systems.getFirst();
        }
        String who = "member \"" + access.member() + "\" of cluster \"" + access.cluster() + "\"";
        throw systems.isEmpty()
                ? Fault.of(ErrorCode.VAULT_MISSING, "the vault knows no system as " + who)
                        .hint("Register it with \"walvault init\".")
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
