package dev.walvault.archive;

import dev.walvault.pg.WalFile;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vaults.ConfiguredVault;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Which vaults have a file after it was brought to them, under which keys, and under which name. */
record Delivered(WalFile file, MemberKeys keys, List<Stored> stored) {
    Delivered {
        stored = List.copyOf(stored);
    }

    /** One vault that has it. */
    record Stored(ConfiguredVault vault, String vaultId, PushOutcome outcome) {}

    /** What was not there already in each of them tells more. */
    PushOutcome outcome() {
        PushOutcome outcome = stored.getFirst().outcome();
        for (Stored each : stored) {
            if (outcome instanceof PushOutcome.AlreadyArchived) {
                outcome = each.outcome();
            }
        }
        return outcome;
    }

    /** Whether none of them had anything of this name before. */
    boolean isNewEverywhere() {
        return stored.stream().allMatch(each -> each.outcome() instanceof PushOutcome.Archived);
    }

    boolean isIn(ConfiguredVault vault) {
        return stored.stream().anyMatch(each -> each.vault().equals(vault));
    }

    /** The ids of those that have it, by the names that this host has for them. */
    Map<String, String> vaultIds() {
        return stored.stream().collect(Collectors.toMap(each -> each.vault().fileName(), Stored::vaultId));
    }
}
