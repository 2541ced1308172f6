package dev.walvault.cli.option;

import dev.walvault.ConfigurationException;
import dev.walvault.cli.wiring.Places;
import dev.walvault.cli.wiring.WiredVault;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of several configured vaults. */
public final class VaultOption {
    @Option(
            names = "--vault",
            paramLabel = "VAULT",
            description =
                    "use this one of several vaults only: its number in the setting \"vault\", counted from 1, or its URL")
    private @Nullable String named;

    /** The one that was named, or the first: the one that is written to. */
    public WiredVault one(List<WiredVault> vaults) throws ConfigurationException {
        return some(vaults).getFirst();
    }

    /** The one that was named, or all. */
    public List<WiredVault> some(List<WiredVault> vaults) throws ConfigurationException {
        if (named == null) {
            return vaults;
        }
        var places = new Places(vaults.stream().map(WiredVault::place).toList());
        return List.of(vaults.get(places.number(named) - 1));
    }
}
