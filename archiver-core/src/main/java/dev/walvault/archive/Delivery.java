package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Compression;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vault;
import dev.walvault.vaults.CatchUp;
import dev.walvault.vaults.ConfiguredVault;
import dev.walvault.vaults.VaultFailures;
import dev.walvault.vaults.VaultPoll;
import dev.walvault.vaults.VaultsEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings one file to all vaults. When it is done, as many have it as are demanded, and each of the others has it as
 * well or a debt says that it does not. A vault that has another server's WAL in the place of what it lacks is given
 * nothing that would lie behind that. For several threads.
 */
final class Delivery {
    /** How long one vault is compared with the others, before a new file has to wait its turn there. */
    private static final Duration FIRST = Duration.ofSeconds(1);

    private final List<ConfiguredVault> vaults;
    private final int copies;
    private final Duration grace;
    private final LocalState state;
    private final Listener listener;
    private final CatchUp catchUp;

    private record Deposited(MemberVault member, PushOutcome outcome) {
        Delivered.Stored by(ConfiguredVault vault) {
            return new Delivered.Stored(vault, member.vault().id(), outcome);
        }
    }

    /**
     * One vault, or several of which some may be unreachable.
     *
     * @param copies how many must have the file; no more than there are vaults
     * @param grace how long the others are waited for when it is known how it comes out
     */
    Delivery(List<ConfiguredVault> vaults, int copies, Duration grace, LocalState state, Listener listener) {
        this.vaults = List.copyOf(vaults);
        this.copies = copies;
        this.grace = grace;
        this.state = state;
        this.listener = listener;
        this.catchUp = new CatchUp(vaults, state.vaults(), listener, new Cancellation());
    }

    /**
     * Brings it under its own name. Where a vault has something else under the name of a partial segment, this one gets
     * the name of its digest: no server asks for either, both are kept, and a promotion need not wait for a person.
     */
    Delivered deliver(ProvenWal wal, Compression compression, int threads) throws ArchiverException {
        try {
            return deliver(wal.file(), new Deposit(wal, compression, threads, listener), wal.system());
        } catch (ArchiverException e) {
            boolean taken = switch (e.code()) {
                case CONFLICT, STORE_OBSTRUCTED -> true;
                default -> e.code().isOfOneCopy();
            };
            if (!taken
                    || !(wal.file() instanceof WalFile.Partial partial)
                    || partial.digest().isPresent()) {
                throw e;
            }
            ProvenWal beside = wal.as(new WalFile.Partial(partial.segment(), Optional.of(digestOf(wal))));
            Delivered delivered =
                    deliver(beside.file(), new Deposit(beside, compression, threads, listener), wal.system());
            if (e.code() != ErrorCode.CONFLICT) {
                listener.on(new ArchiveEvent.StoredBeside(beside.file(), wal.file(), e));
            }
            return delivered;
        }
    }

    private static String digestOf(ProvenWal wal) throws ArchiverException {
        try {
            return wal.digest().hex();
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("read", wal.path(), e);
        }
    }

    private Delivered deliver(WalFile file, Deposit deposit, SystemIdentifier system) throws ArchiverException {
        return vaults.size() == 1 ? toTheOne(file, deposit, system) : toSeveral(file, deposit, system);
    }

    private Delivered toTheOne(WalFile file, Deposit deposit, SystemIdentifier system) throws ArchiverException {
        ConfiguredVault vault = vaults.getFirst();
        MemberVault member = vault.open().of(system);
        var deposited = new Deposited(member, deposit.into(member));
        return new Delivered(file, deposited.member().keys(), List.of(deposited.by(vault)));
    }

    /** One attempt to bring a file to several vaults. */
    private final class Attempt {
        private final WalFile file;
        private final Deposit deposit;
        private final SystemIdentifier system;
        private final VaultPoll<Deposited> poll;

        /** Vaults that have, or may have, another server's WAL. */
        private final Map<ConfiguredVault, MemberKeys> behind = new ConcurrentHashMap<>();

        Attempt(WalFile file, Deposit deposit, SystemIdentifier system) throws ArchiverException {
            this.file = file;
            this.deposit = deposit;
            this.system = system;
            this.poll = new VaultPoll<>(vaults, copies, grace, state.vaults().away(), this::into).run();
        }

        private Deposited into(ConfiguredVault vault) throws ArchiverException {
            MemberVault member = vault.open().of(system);
            if (catchUp.holdsBack(vault, member, file, FIRST)) {
                behind.put(vault, member.keys());
                throw Fault.of(
                                ErrorCode.STORE_UNREACHABLE,
                                "the vault has, or may have, another server's WAL of timeline " + file.timeline())
                        .detail("it lacks earlier files, and \"" + file.name() + "\" is stored behind them only")
                        .hint("\"walvault info\" says which file is another one there.")
                        .retry(Retry.YES)
                        .store();
            }
            return new Deposited(member, deposit.into(member));
        }

        boolean isEnough() {
            return poll.given().size() >= copies;
        }
    }

    private Delivered toSeveral(WalFile file, Deposit deposit, SystemIdentifier system) throws ArchiverException {
        var attempt = new Attempt(file, deposit, system);
        Optional<MemberKeys> behind = attempt.behind.values().stream().findAny();
        if (!attempt.isEnough() && behind.isPresent()) {
            catchUp.most(behind.get(), grace);
            attempt = new Attempt(file, deposit, system);
        }
        return delivered(attempt);
    }

    private Delivered delivered(Attempt attempt) throws ArchiverException {
        WalFile file = attempt.file;
        VaultPoll<Deposited> poll = attempt.poll;
        List<VaultFailures.Failure> failures = poll.failures().all();
        boolean refused = failures.stream().anyMatch(VaultFailures.Failure::isRefusal);
        failures.stream()
                .filter(failure -> !failure.isRefusal() && !attempt.behind.containsKey(failure.vault()))
                .forEach(failure -> state.vaults().away().mark(failure.vault()));
        if (refused || !attempt.isEnough()) {
            throw poll.failures().together();
        }
        List<MemberVault> members =
                poll.given().stream().map(given -> given.answer().member()).toList();
        Vault.requireTogether(members.stream().map(MemberVault::vault).toList());
        MemberKeys keys = members.getFirst().keys();
        var delivered = new Delivered(
                file,
                keys,
                poll.given().stream()
                        .map(given -> given.answer().by(given.vault()))
                        .toList());
        for (ConfiguredVault vault : vaults) {
            if (delivered.isIn(vault)) {
                state.vaults().away().clear(vault);
            } else {
                state.vaults().debts().record(vault, keys, file);
            }
        }
        tell(poll, file);
        return delivered;
    }

    private void tell(VaultPoll<?> poll, WalFile file) {
        poll.failures()
                .all()
                .forEach(failure -> listener.on(
                        new VaultsEvent.VaultLacksFile(file, failure.vault().location(), failure.reason())));
        for (ConfiguredVault vault : poll.unanswered()) {
            state.vaults().away().mark(vault);
            listener.on(new VaultsEvent.VaultSlow(file, vault.location(), grace));
        }
    }
}
