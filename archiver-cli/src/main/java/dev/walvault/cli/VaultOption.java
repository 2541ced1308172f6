package dev.walvault.cli;

import dev.walvault.ConfigurationException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of several configured vaults. */
final class VaultOption {
    @Option(
            names = "--vault",
            paramLabel = "VAULT",
            description =
                    "use this one of several vaults only: its number in the setting \"vault\", counted from 1, or its URL")
    private @Nullable String named;

    /** The one that was named, or the first: the one that is written to. */
    WiredVault one(List<WiredVault> vaults) throws ConfigurationException {
        return some(vaults).getFirst();
    }

    /** The one that was named, or all. */
    List<WiredVault> some(List<WiredVault> vaults) throws ConfigurationException {
        if (named == null) {
            return vaults;
        }
        var places = new Places(vaults.stream().map(WiredVault::place).toList());
        return List.of(vaults.get(places.number(named) - 1));
    }
}
