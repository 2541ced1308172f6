package dev.walvault.vaults;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.LockException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One question to several vaults at the same time, each asked in a thread of its own if there is more than one, until
 * it is known whether enough of them answer. Those that were unreachable a moment ago are asked only if they are
 * needed.
 */
public final class VaultPoll<T> {
    private final List<ConfiguredVault> vaults;
    private final int enough;
    private final Duration grace;
    private final UnreachableMarks away;
    private final Question<T> question;
    private final BlockingQueue<Answer<T>> answers = new LinkedBlockingQueue<>();
    private final List<ConfiguredVault> spared = new ArrayList<>();
    private final List<ConfiguredVault> unanswered = new ArrayList<>();
    private final List<Given<T>> given = new ArrayList<>();
    private final VaultFailures failures = new VaultFailures();

    /** What each of the vaults is asked. */
    public interface Question<T> {
        T ask(ConfiguredVault vault) throws ArchiverException;
    }

    sealed interface Answer<T> {}

    /** What a vault has answered. */
    public record Given<T>(ConfiguredVault vault, T answer) implements Answer<T> {}

    private record Failed<T>(ConfiguredVault vault, ArchiverException reason) implements Answer<T> {}

    private record Broken<T>(Throwable reason) implements Answer<T> {}

    /**
     * Asks nobody yet.
     *
     * @param enough how many answers are needed
     * @param grace how long the others are waited for when it is known how it comes out
     */
    public VaultPoll(
            List<ConfiguredVault> vaults, int enough, Duration grace, UnreachableMarks away, Question<T> question) {
        this.vaults = vaults;
        this.enough = enough;
        this.grace = grace;
        this.away = away;
        this.question = question;
    }

    /** Those that answered. */
    public List<Given<T>> given() {
        return given;
    }

    /** Why others failed. */
    public VaultFailures failures() {
        return failures;
    }

    /** Those that were asked and did not answer in time. */
    public List<ConfiguredVault> unanswered() {
        return unanswered;
    }

    /** Asks, and returns when it is known whether enough of them answer, and the others have had their time. */
    public VaultPoll<T> run() throws LockException {
        for (ConfiguredVault vault : vaults) {
            if (away.lately(vault)) {
                spared.add(vault);
            } else {
                ask(vault);
            }
        }
        long end = 0;
        boolean decided = false;
        while (true) {
            if (given.size() + unanswered.size() < enough) {
                spared.forEach(this::ask);
                spared.clear();
            }
            if (unanswered.isEmpty()) {
                return this;
            }
            boolean nowDecided = given.size() >= enough || given.size() + unanswered.size() < enough;
            if (nowDecided && !decided) {
                decided = true;
                end = System.nanoTime() + grace.toNanos();
            }
            Answer<T> answer = next(decided, end);
            if (answer == null) {
                return this;
            }
            take(answer);
        }
    }

    private void ask(ConfiguredVault vault) {
        unanswered.add(vault);
        if (vaults.size() == 1) {
            answers.add(answerOf(vault));
            return;
        }
        // a daemon, because one that is stuck must not hold the program
        Thread.ofPlatform().daemon().name("asks " + vault.location()).start(() -> answers.add(answerOf(vault)));
    }

    private Answer<T> answerOf(ConfiguredVault vault) {
        try {
            return new Given<>(vault, question.ask(vault));
        } catch (ArchiverException e) {
            return new Failed<>(vault, e);
        } catch (RuntimeException | Error e) {
            return new Broken<>(e);
        }
    }

    /** Null when the time is over. */
    private @Nullable Answer<T> next(boolean decided, long end) throws LockException {
        try {
            return decided ? answers.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS) : answers.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Fault.of(ErrorCode.CANCELLED, "interrupted").cause(e).lock();
        }
    }

    private void take(Answer<T> answer) {
        switch (answer) {
            case Given<T> it -> {
                unanswered.remove(it.vault());
                given.add(it);
            }
            case Failed<T>(ConfiguredVault vault, ArchiverException reason) -> {
                unanswered.remove(vault);
                failures.add(vault, reason);
            }
            case Broken<T>(Throwable reason) -> {
                if (reason instanceof RuntimeException e) {
                    throw e;
                }
                throw new IllegalStateException(reason);
            }
        }
    }
}
