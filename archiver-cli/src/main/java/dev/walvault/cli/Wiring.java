package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.KeyException;
import dev.walvault.StoreException;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.config.StoreLocation;
import dev.walvault.observe.Listener;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pipe.Identities;
import dev.walvault.pipe.Recipients;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.fs.FsStore;
import dev.walvault.store.s3.S3Store;
import dev.walvault.vault.Author;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Name;
import dev.walvault.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Builds the engine's objects from the settings. Closing it closes the stores that it opened. */
final class Wiring implements AutoCloseable {
    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final Settings settings;
    private final Author author;
    private final Listener listener;
    private final List<ObjectStore> opened = new ArrayList<>();

    Wiring(Invocation invocation) throws ConfigurationException {
        this.settings = invocation.settings();
        this.listener = invocation.console();
        this.author = new Author(hostName(invocation.shell()), version(), Clock.systemUTC(), new SecureRandom());
    }

    /** The version of the jar that this runs from. */
    static String version() {
        String version = Wiring.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
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

    private StoreLocation location() throws ConfigurationException {
        return StoreLocation.parse(settings.require(Setting.VAULT));
    }

    /**
     * Where a vault is that the command line names.
     *
     * @param text a number of the configuration, from 1, or a URL
     */
    StoreLocation location(String text) throws ConfigurationException {
        if (!NUMBER.matcher(text).matches()) {
            return Usage.meant(StoreLocation::parse, text);
        }
        if (!text.equals("1")) {
            throw Usage.wrong("the configuration has no vault " + text);
        }
        return location();
    }

    private ObjectStore store(StoreLocation location) throws ArchiverException {
        ObjectStore store = switch (location) {
            case StoreLocation.FileSystem(Path root) -> FsStore.open(root);
            case StoreLocation.S3 bucket -> S3Store.open(bucket, MemberKeys::kindOf, listener);
        };
        opened.add(store);
        return store;
    }

    /** Opens the vault, which must be there. */
    Vault vault() throws ArchiverException {
        return vault(location());
    }

    /** Opens any vault, which must be there. */
    Vault vault(StoreLocation location) throws ArchiverException {
        return Vault.open(store(location));
    }

    /** Creates the vault where it is not there yet, encrypted if there are recipients. */
    Vault createVault() throws ArchiverException {
        switch (location()) {
            case StoreLocation.FileSystem(Path root) -> createRoot(root);
            case StoreLocation.S3 _ -> {
                // the bucket is there already, or its absence is said by the first request
            }
        }
        return Vault.create(store(location()), !recipients().isEmpty(), author);
    }

    private static void createRoot(Path root) throws StoreException {
        if (!Files.isDirectory(root)) {
            FsStore.createRoot(root);
        }
    }

    /** The configured member of a vault that must be there. */
    MemberAccess access(Keyring keyring) throws ArchiverException {
        return new MemberAccess(vault(), cluster(), member(), keyring, author);
    }

    /** The control file of the configured data directory. */
    ControlFile controlFile() throws ArchiverException {
        return ControlFile.read(settings.requirePath(Setting.PGDATA));
    }

    /** The one system that the vault knows as this member. */
    static MemberVault onlySystem(MemberAccess access) throws ArchiverException {
        List<SystemIdentifier> systems = access.vault().systems(access.cluster(), access.member());
        if (systems.size() == 1) {
            return access.of(systems.getFirst());
        }
        String who = "member \"" + access.member() + "\" of cluster \"" + access.cluster() + "\"";
        throw systems.isEmpty()
                ? Fault.of(ErrorCode.VAULT_MISSING, "the vault knows no system as " + who)
                        .hint("Introduce it with \"walvault init\".")
                        .store()
                : Fault.of(ErrorCode.CONFIGURATION, "the vault knows several systems as " + who)
                        .detail("known: system " + systems)
                        .hint("Name one with --system-identifier.")
                        .configuration();
    }

    /** Lets go of what was opened so far, before another attempt. */
    void disconnect() {
        opened.forEach(ObjectStore::close);
        opened.clear();
    }

    @Override
    public void close() {
        disconnect();
    }
}
