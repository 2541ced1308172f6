package dev.walvault.cli.wiring;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Place;
import dev.walvault.vault.DocumentMemory;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Vault;
import dev.walvault.vaults.ConfiguredVault;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One of the vaults that the setting names. It holds no lock while it opens: a vault that is stuck must not keep the
 * program. Of several threads that open it at the same time the first decides, and the others use what it has opened.
 */
public final class WiredVault implements ConfiguredVault, AutoCloseable {
    private final Wiring wiring;
    private final int number;
    private final Place place;
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
    WiredVault(Wiring wiring, int number, Place place, Keyring keyring, boolean frequent) {
        this.wiring = wiring;
        this.number = number;
        this.place = place;
        this.keyring = keyring;
        this.frequent = frequent;
    }

    /** Its place in the configuration, from 1 on. */
    public int number() {
        return number;
    }

    /** Where it is. */
    public Place place() {
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

    @Override
    public boolean isNear() {
        return place.directory().isPresent();
    }

    Keyring keyring() {
        return keyring;
    }

    @Override
    public MemberAccess open() throws ArchiverException {
        Opened known = opened.get();
        if (known != null) {
            return known.access();
        }
        Opened fresh = open(this::vaultIn);
        Opened faster = opened.compareAndExchange(null, fresh);
        if (faster == null) {
            return fresh.access();
        }
        fresh.store().close();
        return faster.access();
    }

    /** Opens it anew: what is there now may be another than a moment ago. For one thread. */
    public MemberAccess reopen() throws ArchiverException {
        return replace(open(this::vaultIn)).access();
    }

    private Vault vaultIn(ObjectStore store) throws ArchiverException {
        return Vault.open(store, memory());
    }

    /** Creates it where it is not there yet, encrypted if there are recipients. */
    public MemberAccess create() throws ArchiverException {
        place.make();
        boolean encrypted = !wiring.recipients().isEmpty();
        return replace(open(empty -> Vault.create(empty, encrypted, wiring.author())))
                .access();
    }

    private Opened open(Opener opener) throws ArchiverException {
        ObjectStore store = wiring.store(place);
        try {
            return new Opened(store, wiring.access(opener.open(store), keyring));
        } catch (ArchiverException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** For the commands that run for each segment: each of them would cost two requests more. */
    private DocumentMemory memory() throws ConfigurationException {
        return !isNear() && frequent ? wiring.state().memoryOf(this) : DocumentMemory.none();
    }

    /** The store of a vault that is open. */
    ObjectStore store() {
        return Objects.requireNonNull(opened.get()).store();
    }

    private Opened replace(Opened now) {
        closeStoreOf(opened.getAndSet(now));
        return now;
    }

    @Override
    public void close() {
        closeStoreOf(opened.getAndSet(null));
    }

    private static void closeStoreOf(@Nullable Opened former) {
        if (former != null) {
            former.store().close();
        }
    }
}
