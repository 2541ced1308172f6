package dev.walvault.doctor;

import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.BranchComparison;
import dev.walvault.vaults.Divergence;
import java.util.ArrayList;
import java.util.List;

/** Whether a vault holds the same branches as others: what they have together must not be of two servers. */
final class BranchChecks {
    private BranchChecks() {}

    /** Compares it with each of the others that is of the same system. */
    static Check of(MemberVault member, List<MemberVault> others) {
        return new Check("same branches", check -> {
            var found = new ArrayList<Divergence>();
            for (MemberVault other : others) {
                if (other.keys().equals(member.keys())) {
                    found.addAll(BranchComparison.among(List.of(other, member)));
                }
            }
            return found.isEmpty()
                    ? Finding.ok(check, "no timeline is known to differ from that of another vault")
                    : Finding.failed(check, found.getFirst().conflict(Divergence.SET_LIST));
        });
    }
}
