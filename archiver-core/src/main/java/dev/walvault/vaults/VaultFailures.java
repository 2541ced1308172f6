package dev.walvault.vaults;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.Retry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Why some of several vaults could not do what they were asked. */
public final class VaultFailures {
    private final List<Failure> failures = new ArrayList<>();

    /** Why one of them failed. */
    public record Failure(ConfiguredVault vault, ArchiverException reason) {
        /**
         * More than that the vault cannot be used at this moment: a name that is taken stays so, and a bad disk is
         * here.
         */
        public boolean isRefusal() {
            return !reason.code().isOfOneVault() || reason.code() == ErrorCode.STORE_OBSTRUCTED;
        }

        private int gravity() {
            if (reason instanceof IntegrityException || reason.code() == ErrorCode.STORE_OBSTRUCTED) {
                return 0;
            }
            return isRefusal() ? 1 : 2;
        }

        String told() {
            return "vault \"" + vault.location() + "\": " + reason.sentence();
        }
    }

    /** One more. */
    public void add(ConfiguredVault vault, ArchiverException reason) {
        failures.add(new Failure(vault, reason));
    }

    /** For those that are asked again. */
    public void forget(List<ConfiguredVault> vaults) {
        failures.removeIf(failure -> vaults.contains(failure.vault()));
    }

    /** In the order in which they failed. */
    public List<Failure> all() {
        return List.copyOf(failures);
    }

    public boolean isEmpty() {
        return failures.isEmpty();
    }

    /** All of them as one: the gravest says what it is, the detail tells the others. There must be one. */
    public ArchiverException together() {
        Failure gravest =
                failures.stream().min(Comparator.comparingInt(Failure::gravity)).orElseThrow();
        String others = failures.stream()
                .filter(failure -> !failure.equals(gravest))
                .map(Failure::told)
                .collect(Collectors.joining("; "));
        String detail = gravest.reason().detail().orElse("");
        String all = detail.isEmpty() || others.isEmpty() ? detail + others : detail + "; " + others;
        boolean mayPass = failures.stream().anyMatch(failure -> failure.reason().retry() != Retry.NO);
        Fault fault = Fault.from(gravest.reason())
                .message("vault \"" + gravest.vault().location() + "\": "
                        + gravest.reason().getMessage())
                .retry(mayPass ? Retry.YES : Retry.NO)
                .cause(gravest.reason());
        return (all.isEmpty() ? fault : fault.detail(all)).exception();
    }
}
