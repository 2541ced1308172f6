package dev.walvault.vaults;

import dev.walvault.ArchiverException;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import java.util.ArrayList;
import java.util.List;

/**
 * One system's part of several vaults, to be read: of each that can be reached, and of all together. Together they are
 * there once for each vault that may be asked first, so that what is damaged in one can be had from the next.
 */
public final class MemberVaults {
    private final List<MemberVault> reachable;
    private final List<MemberVault> orders;

    private MemberVaults(List<MemberVault> reachable, List<MemberVault> orders) {
        this.reachable = List.copyOf(reachable);
        this.orders = List.copyOf(orders);
    }

    /** There is one vault. */
    public static MemberVaults of(MemberVault only) {
        return new MemberVaults(List.of(only), List.of(only));
    }

    /**
     * There are several.
     *
     * @param reachable each by itself; at least one
     * @param orders all of them as one, the first order to begin with; at least one
     */
    public static MemberVaults of(List<MemberVault> reachable, List<MemberVault> orders) {
        if (reachable.isEmpty() || orders.isEmpty()) {
            throw new IllegalArgumentException("there must be a vault to read");
        }
        return new MemberVaults(reachable, orders);
    }

    /** Each that can be reached, by itself. */
    public List<MemberVault> each() {
        return reachable;
    }

    /** All of them as one, in the usual order. */
    public MemberVault together() {
        return orders.getFirst();
    }

    /** All of them as one, in the usual order and then in others. */
    public List<MemberVault> orders() {
        return orders;
    }

    public MemberKeys keys() {
        return together().keys();
    }

    /**
     * The backups of all that can be reached: each vault answers for itself, so that one that is unreachable raises no
     * doubt. What a backup consists of may be in one vault or in another.
     */
    public BackupList backups() throws ArchiverException {
        var lists = new ArrayList<BackupList>();
        for (MemberVault each : reachable) {
            lists.add(each.backups().list());
        }
        return BackupList.together(lists).without(together().backups()::lacking);
    }
}
