package dev.walvault.cli.wiring;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.StoreException;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.observe.Listener;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.UnreachableStore;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vault;
import dev.walvault.vaults.FallThroughStore;
import dev.walvault.vaults.MemberVaults;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Vaults as a command reads them: those that can be reached, as one. */
public final class ReadVaults {
    private final List<One> all;
    private final List<MemberAccess> orders;

    /** One of them: open, or why it is not. */
    public record One(WiredVault vault, Optional<MemberAccess> access, Optional<ArchiverException> failure) {}

    private ReadVaults(List<One> all, List<MemberAccess> orders) {
        this.all = List.copyOf(all);
        this.orders = List.copyOf(orders);
    }

    /** Opens what can be reached; each that cannot is a warning, unless it is the only one. */
    public static ReadVaults of(Wiring wiring, List<WiredVault> vaults, Listener listener) throws ArchiverException {
        if (vaults.size() == 1) {
            MemberAccess access = vaults.getFirst().open();
            return new ReadVaults(
                    List.of(new One(vaults.getFirst(), Optional.of(access), Optional.empty())), List.of(access));
        }
        var all = new ArrayList<One>();
        var stores = new ArrayList<ObjectStore>();
        for (WiredVault vault : vaults) {
            One one = open(vault);
            all.add(one);
            stores.add(
                    one.failure().isPresent()
                            ? new UnreachableStore(
                                    vault.location(), one.failure().get())
                            : vault.store());
            one.failure().ifPresent(failure -> warn(vault.location(), failure, listener));
        }
        List<Vault> open = all.stream()
                .flatMap(one -> one.access().stream())
                .map(MemberAccess::vault)
                .toList();
        if (open.isEmpty()) {
            throw all.getFirst().failure().orElseThrow();
        }
        Vault.requireTogether(open);
        return new ReadVaults(all, orders(wiring, all, stores, listener));
    }

    private static One open(WiredVault vault) throws ArchiverException {
        try {
            return new One(vault, Optional.of(vault.open()), Optional.empty());
        } catch (ConfigurationException | StoreException e) {
            return new One(vault, Optional.empty(), Optional.of(e));
        }
    }

    /** Each that is open first once. */
    private static List<MemberAccess> orders(Wiring wiring, List<One> all, List<ObjectStore> stores, Listener listener)
            throws ArchiverException {
        Set<ObjectStore> told = Collections.synchronizedSet(new HashSet<>());
        var orders = new ArrayList<MemberAccess>();
        for (int first = 0; first < all.size(); first++) {
            if (all.get(first).access().isEmpty()) {
                continue;
            }
            var rotated = new ArrayList<>(stores);
            Collections.rotate(rotated, -first);
            var together = new FallThroughStore(rotated, (store, failure) -> {
                if (!(store instanceof UnreachableStore) && told.add(store)) {
                    warn(store.location(), failure, listener);
                }
            });
            orders.add(
                    wiring.access(Vault.open(together), all.get(first).vault().keyring()));
        }
        return orders;
    }

    private static void warn(String location, ArchiverException failure, Listener listener) {
        listener.on(new CommandEvent.VaultLeftOut(location, failure));
    }

    /** Each of them, also one that cannot be reached. */
    public List<One> all() {
        return all;
    }

    /** Why one of them cannot be reached, if that is so. */
    public Optional<ArchiverException> failure() {
        return all.stream().flatMap(one -> one.failure().stream()).findFirst();
    }

    /** A refusal for want of something; where a vault is left out, it may have it. */
    public IntegrityException mayBeElsewhere(IntegrityException refusal) {
        return all.stream()
                .filter(one -> one.failure().isPresent())
                .findFirst()
                .map(one -> Fault.from(refusal)
                        .hint("Vault \"" + one.vault().location()
                                + "\" is left out, and may have what is missing: bring it back first."
                                + refusal.hint().map(hint -> " " + hint).orElse(""))
                        .integrity())
                .orElse(refusal);
    }

    /** All of them as one. */
    public MemberAccess together() {
        return orders.getFirst();
    }

    /** What they have of one system. */
    public MemberVaults member(SystemIdentifier system) throws ArchiverException {
        return MemberVaults.of(
                members(all.stream().flatMap(one -> one.access().stream()).toList(), system), members(orders, system));
    }

    private static List<MemberVault> members(List<MemberAccess> accesses, SystemIdentifier system)
            throws ArchiverException {
        var members = new ArrayList<MemberVault>();
        for (MemberAccess access : accesses) {
            members.add(access.of(system));
        }
        return members;
    }
}
