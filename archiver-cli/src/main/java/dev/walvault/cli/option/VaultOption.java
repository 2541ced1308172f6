package dev.walvault.cli.option;

import dev.walvault.ConfigurationException;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.wiring.Places;
import dev.walvault.cli.wiring.WiredVault;
import java.util.List;
import java.util.Optional;
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

    /** The URL of the one that was named, as the setting "vault" has it; empty if none was, or there is no other. */
    public Optional<String> only(Settings settings, Places places) throws ConfigurationException {
        List<String> urls = settings.texts(Setting.VAULT);
        return named == null || urls.size() == 1 ? Optional.empty() : Optional.of(urls.get(places.number(named) - 1));
    }
}
