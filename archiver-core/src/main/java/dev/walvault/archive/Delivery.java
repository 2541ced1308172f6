package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.LockException;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings one file to several vaults at the same time. When it is done, as many have it as are demanded, and each of the others
 * has it as well or a debt says that it does not.
 */
final class Delivery {
    private final List<ConfiguredVault> vaults;
    private final int copies;
    private final Duration grace;
    private final LocalState state;
    private final Listener listener;

    /** How it came out, and under which keys. */
    record Delivered(PushOutcome outcome, MemberKeys keys) {}

    private sealed interface Answer {
        record Stored(ConfiguredVault vault, MemberVault member, PushOutcome outcome) implements Answer {}

        record Failed(ConfiguredVault vault, ArchiverException reason) implements Answer {}

        record Broken(Throwable reason) implements Answer {}
    }

    /**
     * Several vaults, of which some may be away.
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
    }

    Delivered deliver(Deposit deposit, WalFile file, SystemIdentifier system) throws ArchiverException {
        var round = new Round(deposit, system);
        round.run();
        List<VaultFailures.Failure> failures = round.failures.all();
        boolean refused = failures.stream().anyMatch(VaultFailures.Failure::isRefusal);
        failures.stream()
                .filter(failure -> !failure.isRefusal())
                .forEach(failure -> state.away().mark(failure.vault()));
        if (refused || round.stored.size() < copies) {
            throw round.failures.together();
        }
        Vault.requireTogether(
                round.stored.stream().map(stored -> stored.member().vault()).toList());
        MemberKeys keys = round.stored.getFirst().member().keys();
        for (ConfiguredVault vault : vaults) {
            if (round.has(vault)) {
                state.away().clear(vault);
            } else {
                state.debts().record(vault, keys, file);
            }
        }
        tell(round, file);
        return new Delivered(outcome(round.stored), keys);
    }

    private void tell(Round round, WalFile file) {
        String behind = "\"" + file.name() + "\" is not in every vault yet and is brought there later; ";
        round.failures.all().forEach(failure -> listener.on(new Event.Warning(behind + failure.told())));
        for (ConfiguredVault vault : round.unanswered) {
            state.away().mark(vault);
            listener.on(new Event.Warning(behind + "vault \"" + vault.location() + "\": no answer in "
                    + grace.toMillis() + " ms more than the others took"));
        }
    }

    private static PushOutcome outcome(List<Answer.Stored> stored) {
        PushOutcome outcome = stored.getFirst().outcome();
        for (Answer.Stored each : stored) {
            if (outcome instanceof PushOutcome.AlreadyArchived) {
                outcome = each.outcome();
            }
        }
        return outcome;
    }

    /** One attempt: who was asked, and what they answered in time. */
    private final class Round {
        private final Deposit deposit;
        private final SystemIdentifier system;
        private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        private final List<ConfiguredVault> unanswered = new ArrayList<>();
        private final List<ConfiguredVault> spared = new ArrayList<>();
        private final List<Answer.Stored> stored = new ArrayList<>();
        private final VaultFailures failures = new VaultFailures();

        Round(Deposit deposit, SystemIdentifier system) {
            this.deposit = deposit;
            this.system = system;
        }

        boolean has(ConfiguredVault vault) {
            return stored.stream().anyMatch(each -> each.vault().equals(vault));
        }

        void run() throws LockException {
            for (ConfiguredVault vault : vaults) {
                if (state.away().lately(vault)) {
                    spared.add(vault);
                } else {
                    ask(vault);
                }
            }
            long end = 0;
            boolean decided = false;
            while (true) {
                if (stored.size() + unanswered.size() < copies) {
                    spared.forEach(this::ask);
                    spared.clear();
                }
                if (unanswered.isEmpty()) {
                    return;
                }
                boolean nowDecided = stored.size() >= copies || stored.size() + unanswered.size() < copies;
                if (nowDecided && !decided) {
                    decided = true;
                    end = System.nanoTime() + grace.toNanos();
                }
                Answer answer = next(decided, end);
                if (answer == null) {
                    return;
                }
                take(answer);
            }
        }

        private void ask(ConfiguredVault vault) {
            unanswered.add(vault);
            // a daemon, because one that is stuck must not hold the program
            Thread.ofPlatform().daemon().name("push to " + vault.location()).start(() -> answers.add(answerOf(vault)));
        }

        private Answer answerOf(ConfiguredVault vault) {
            try {
                MemberVault member = vault.open().of(system);
                return new Answer.Stored(vault, member, deposit.into(member));
            } catch (ArchiverException e) {
                return new Answer.Failed(vault, e);
            } catch (RuntimeException | Error e) {
                return new Answer.Broken(e);
            }
        }

        /** Null when the time is over. */
        private @Nullable Answer next(boolean decided, long end) throws LockException {
            try {
                return decided ? answers.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS) : answers.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Fault.of(ErrorCode.CANCELLED, "interrupted").cause(e).lock();
            }
        }

        private void take(Answer answer) {
            switch (answer) {
                case Answer.Stored it -> {
                    unanswered.remove(it.vault());
                    stored.add(it);
                }
                case Answer.Failed(ConfiguredVault vault, ArchiverException reason) -> {
                    unanswered.remove(vault);
                    failures.add(vault, reason);
                }
                case Answer.Broken(Throwable reason) -> {
                    if (reason instanceof RuntimeException e) {
                        throw e;
                    }
                    throw new IllegalStateException(reason);
                }
            }
        }
    }
}
