package dev.walvault.vaults;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.LockException;
import dev.walvault.StoreException;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import dev.walvault.store.CreateOutcome;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Pays debts: brings files to a vault that lacks them, byte for byte from one that has them, without keys. A debt is
 * forgotten when the file is durable there, so a catch-up that dies is made good by the next one, and two at once do no
 * harm.
 */
public final class CatchUp {
    /** Enough that a vault gains on the server, little enough that a push is not held up. */
    private static final int FILES_PER_PUSH = 8;

    private static final int FILES_AT_A_TIME = 256;

    private final List<ConfiguredVault> vaults;
    private final VaultsState state;
    private final Listener listener;
    private final Cancellation cancellation;

    public CatchUp(List<ConfiguredVault> vaults, VaultsState state, Listener listener, Cancellation cancellation) {
        this.vaults = List.copyOf(vaults);
        this.state = state;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /** Pays a few debts of this system within {@code limit}, and goes on in the background if that was too short. */
    public void some(MemberKeys keys, Duration limit) {
        pay(keys, limit, FILES_PER_PUSH);
    }

    /** The same with as many debts as can be paid within {@code limit}. */
    public void most(MemberKeys keys, Duration limit) {
        pay(keys, limit, Integer.MAX_VALUE);
    }

    /**
     * Whether a file must not be stored in a vault: on its timeline the vault has another server's WAL, or may have it,
     * because something is there of what it lacks. Pays a few of those debts to find out, and begins none after
     * {@code limit}.
     */
    public boolean holdsBack(ConfiguredVault vault, MemberVault member, WalFile file, Duration limit)
            throws ArchiverException {
        return mayDiffer(vault, member, file) && staysInDoubt(vault, member, file, limit);
    }

    /** One thread compares for all that store into the vault. */
    private synchronized boolean staysInDoubt(ConfiguredVault vault, MemberVault member, WalFile file, Duration limit)
            throws ArchiverException {
        long begun = System.nanoTime();
        for (int files = 0; mayDiffer(vault, member, file); files++) {
            boolean over = files == FILES_PER_PUSH || System.nanoTime() - begun > limit.toNanos();
            if (over || pay(vault, member.keys(), 1) == 0) {
                return true;
            }
        }
        return false;
    }

    private boolean mayDiffer(ConfiguredVault vault, MemberVault member, WalFile file) throws ArchiverException {
        Debts debts = state.debts();
        if (debts.inConflict(vault, member.keys()).contains(file.timeline())) {
            return true;
        }
        List<WalFile> owed = debts.on(vault, member.keys(), file.timeline()).stream()
                .filter(each -> each.name().compareTo(file.name()) < 0)
                .toList();
        return !owed.isEmpty() && hasAny(member, owed);
    }

    /** Whether something is in the place of one of them, or between them. A server archives without gaps. */
    private static boolean hasAny(MemberVault member, List<WalFile> owed) throws ArchiverException {
        List<WalFile.Segment> segments = owed.stream()
                .filter(WalFile.Segment.class::isInstance)
                .map(WalFile.Segment.class::cast)
                .toList();
        return has(member, owed.getFirst())
                || (!segments.isEmpty()
                        && (has(member, segments.getFirst())
                                || member.wal()
                                        .firstBehind(segments.getFirst())
                                        .filter(next -> next.name()
                                                        .compareTo(segments.getLast()
                                                                .name())
                                                <= 0)
                                        .isPresent()));
    }

    private static boolean has(MemberVault member, WalFile file) throws ArchiverException {
        return member.vault().store().head(member.wal().keyOf(file)).isPresent();
    }

    private void pay(MemberKeys keys, Duration limit, int files) {
        if (vaults.stream().noneMatch(vault -> owes(vault, keys))) {
            return;
        }
        var thread = Thread.ofPlatform().daemon().name("catch up").start(() -> {
            int left = files;
            try {
                for (ConfiguredVault vault : vaults) {
                    left -= pay(vault, keys, left);
                }
            } catch (LockException _) {
                // called off: whoever has called it off knows
            }
        });
        try {
            var _ = thread.join(limit);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Pays every debt of this system that can be paid, those that were set aside included; returns how many. What
     * cannot be paid is told as a warning, and so is each vault that cannot be used now, whether it is owed anything or
     * not.
     */
    public long all(MemberKeys keys) throws ArchiverException {
        long paid = 0;
        for (ConfiguredVault vault : vaults) {
            state.debts().takeUpAgain(vault, keys);
            if (!isUsable(vault, keys)) {
                continue;
            }
            int some;
            do {
                cancellation.check();
                some = owes(vault, keys) ? pay(vault, keys, FILES_AT_A_TIME) : 0;
                paid += some;
            } while (some > 0);
        }
        return paid;
    }

    private boolean isUsable(ConfiguredVault vault, MemberKeys keys) throws LockException {
        try {
            open(vault, keys);
            // it has just answered, whatever an earlier call has met
            state.away().clear(vault);
            return true;
        } catch (LockException e) {
            throw e;
        } catch (ArchiverException e) {
            listener.on(new VaultsEvent.VaultBehind(vault.location(), e, false));
            return false;
        }
    }

    private boolean owes(ConfiguredVault vault, MemberKeys keys) {
        return state.debts().any(vault, keys) && !state.away().lately(vault);
    }

    /** Returns how many debts are off the list. */
    private int pay(ConfiguredVault vault, MemberKeys keys, int most) throws LockException {
        if (most == 0 || !owes(vault, keys)) {
            return 0;
        }
        int done = 0;
        try {
            List<WalFile> files = state.debts().payable(vault, keys, most);
            if (files.isEmpty()) {
                return 0;
            }
            MemberVault target = open(vault, keys);
            for (WalFile file : files) {
                cancellation.check();
                // an earlier one of them may have met another server's WAL, here or in another process
                if (!state.debts().inConflict(vault, keys).contains(file.timeline())) {
                    pay(file, vault, target);
                    done++;
                }
            }
        } catch (LockException e) {
            // called off, which is no trouble of the vault's
            throw e;
        } catch (ArchiverException e) {
            listener.on(new VaultsEvent.VaultBehind(vault.location(), e, true));
        }
        return done;
    }

    private MemberVault open(ConfiguredVault vault, MemberKeys keys) throws ArchiverException {
        try {
            MemberVault target = vault.open().of(keys.system());
            target.requireIdentity();
            return target;
        } catch (ConfigurationException | StoreException e) {
            state.away().mark(vault);
            throw e;
        }
    }

    private void pay(WalFile file, ConfiguredVault vault, MemberVault target) throws ArchiverException {
        try {
            bring(file, vault, target);
            state.debts().settle(vault, target.keys(), file);
        } catch (IntegrityException e) {
            state.debts().setAside(vault, target.keys(), file, e);
            listener.on(new VaultsEvent.DebtSetAside(file, vault.location(), e));
        }
    }

    /**
     * Returns when the file is in the target.
     *
     * @throws IntegrityException if that can never be: the target holds something else, or no vault has it sound
     */
    private void bring(WalFile file, ConfiguredVault vault, MemberVault target) throws ArchiverException {
        Optional<ArchiverException> doubt = Optional.empty();
        Optional<IntegrityException> damage = Optional.empty();
        for (ConfiguredVault other : vaults) {
            if (other.equals(vault)) {
                continue;
            }
            try {
                MemberVault source = other.open().of(target.keys().system());
                Optional<Inspection> held = source.wal().inspect(file);
                if (held.isEmpty()) {
                    source.requirePresent();
                } else if (held.get().damage().isPresent()) {
                    throw held.get().damage().get();
                } else {
                    copy(file, source, held.get(), target);
                    return;
                }
            } catch (IntegrityException e) {
                if (e.code() == ErrorCode.CONFLICT) {
                    throw e;
                }
                damage = damage.or(() -> Optional.of(e));
            } catch (ConfigurationException | StoreException e) {
                doubt = doubt.or(() -> Optional.of(e));
            }
        }
        if (doubt.isPresent()) {
            throw doubt.get();
        }
        // without another one to compare it with, what the target has must do if it is sound
        if (target.wal().inspect(file).filter(held -> held.damage().isEmpty()).isEmpty()) {
            throw damage.orElseGet(() -> Fault.of(ErrorCode.GAP, "no vault has \"" + file.name() + "\" any more")
                    .integrity());
        }
    }

    private static void copy(WalFile file, MemberVault source, Inspection sound, MemberVault target)
            throws ArchiverException {
        Optional<Inspection> there = target.wal().inspect(file);
        if (there.isPresent() && there.get().damage().isPresent()) {
            boolean same =
                    digest(there.get()).isPresent() && digest(there.get()).equals(digest(sound));
            if (!same && !there.get().empty()) {
                throw there.get().damage().get();
            }
            target.wal().removeDamaged(file);
            there = Optional.empty();
        }
        if (there.isEmpty()) {
            if (target.wal().copyFrom(source.wal(), file) == CreateOutcome.CREATED) {
                return;
            }
            // another process was faster
            there = target.wal().inspect(file);
        }
        boolean same = there.flatMap(CatchUp::digest).isPresent()
                && there.flatMap(CatchUp::digest).equals(digest(sound));
        if (!same) {
            throw Fault.of(
                            ErrorCode.CONFLICT,
                            "vault \"" + target.vault().location() + "\" has \"" + file.name()
                                    + "\" with other content than vault \""
                                    + source.vault().location() + "\"; nothing was overwritten, and nothing that"
                                    + " follows on timeline " + file.timeline() + " is stored there")
                    .detail("there " + shown(file, target, there.flatMap(CatchUp::digest)) + "; here "
                            + shown(file, source, digest(sound)))
                    .integrity();
        }
    }

    /** What a vault has, and who has signed it. */
    private static String shown(WalFile file, MemberVault vault, Optional<ContentDigest> digest)
            throws ArchiverException {
        return digest.map(ContentDigest::toString).orElse("unknown")
                + vault.wal().signer(file).map(signer -> ", " + signer.text()).orElse("");
    }

    private static Optional<ContentDigest> digest(Inspection inspection) {
        return inspection.meta().flatMap(meta -> meta.digest());
    }
}
