package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.archive.ConfiguredVault;
import dev.walvault.config.StoreLocation;
import dev.walvault.store.ObjectStore;
import dev.walvault.vault.DocumentMemory;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Vault;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One of the vaults that the setting names. It holds no lock while it opens: a vault that is stuck must not keep the program. */
final class WiredVault implements ConfiguredVault, AutoCloseable {
    private final Wiring wiring;
    private final int number;
    private final StoreLocation place;
    private final Keyring keyring;
    private final boolean frequent;
    private final AtomicReference<@Nullable Opened> opened = new AtomicReference<>();

    private record Opened(ObjectStore store, MemberAccess access) {}

    private interface Opener {
        Vault open(ObjectStore store) throws ArchiverException;
    }

    /**
     * Not opened yet.
     *
     * @param number counts from 1, in the order of the setting
     * @param frequent whether it is opened for each segment, and not for a person
     */
    WiredVault(Wiring wiring, int number, StoreLocation place, Keyring keyring, boolean frequent) {
        this.wiring = wiring;
        this.number = number;
        this.place = place;
        this.keyring = keyring;
        this.frequent = frequent;
    }

    int number() {
        return number;
    }

    StoreLocation place() {
        return place;
    }

    @Override
    public String location() {
        return place.toString();
    }

    @Override
    public String identity() {
        return place.identity();
    }

    Keyring keyring() {
        return keyring;
    }

    @Override
    public MemberAccess open() throws ArchiverException {
        Opened known = opened.get();
        return known == null ? reopen() : known.access();
    }

    /** Opens it anew: what is there now may be another than a moment ago. */
    MemberAccess reopen() throws ArchiverException {
        return open(store -> Vault.open(store, memory()));
    }

    /** Creates it where it is not there yet, encrypted if there are recipients. */
    MemberAccess create() throws ArchiverException {
        Wiring.createPlace(place);
        boolean encrypted = !wiring.recipients().isEmpty();
        return open(empty -> Vault.create(empty, encrypted, wiring.author()));
    }

    private MemberAccess open(Opener opener) throws ArchiverException {
        ObjectStore store = wiring.store(place);
        MemberAccess access;
        try {
            access = wiring.access(opener.open(store), keyring);
        } catch (ArchiverException | RuntimeException e) {
            store.close();
            throw e;
        }
        replace(new Opened(store, access));
        return access;
    }

    /** For the commands that run for each segment: on S3 each of them would cost two requests more. */
    private DocumentMemory memory() throws ConfigurationException {
        return switch (place) {
            case StoreLocation.FileSystem _ -> DocumentMemory.none();
            case StoreLocation.S3 _ -> frequent ? wiring.state().memoryOf(this) : DocumentMemory.none();
        };
    }

    /** The store of a vault that is open. */
    ObjectStore store() {
        return Objects.requireNonNull(opened.get()).store();
    }

    @Override
    public void close() {
        replace(null);
    }

    private void replace(@Nullable Opened now) {
        Opened former = opened.getAndSet(now);
        if (former != null) {
            former.store().close();
        }
    }
}
