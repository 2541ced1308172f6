package dev.walvault.cli.report;

import dev.walvault.ErrorCode;
import dev.walvault.cli.console.Texts;
import dev.walvault.examine.Finding;
import dev.walvault.examine.Finding.Verdict;
import dev.walvault.json.JsonText;
import dev.walvault.store.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What was found on this host, of its server, and in each vault. The members of the JSON object are a contract: only
 * add to them.
 */
public record DoctorReport(List<Finding> host, List<Finding> server, List<OfVault> vaults) {
    public DoctorReport {
        host = List.copyOf(host);
        server = List.copyOf(server);
        vaults = List.copyOf(vaults);
    }

    /** What was found in one vault; one that is not configured has no number. */
    public record OfVault(OptionalInt number, Place place, List<Finding> findings) {
        public OfVault {
            findings = List.copyOf(findings);
        }

        void json(JsonText json) {
            if (number.isPresent()) {
                json.put("number", number.getAsInt());
            }
            json.put("vault", place.toString()).putObjects("findings", DoctorReport.json(findings));
        }
    }

    /** What to end with: the code of the first failure, because later checks rest on earlier ones. */
    public Optional<ErrorCode> worst() {
        return all().flatMap(each -> each.code().stream()).findFirst();
    }

    /** As programs read it. */
    public void json(JsonText json) {
        json.putObjects("host", json(host))
                .putObjects("server", json(server))
                .putObjects(
                        "vaults",
                        vaults.stream()
                                .<Consumer<JsonText>>map(vault -> vault::json)
                                .toList());
    }

    private static List<Consumer<JsonText>> json(List<Finding> findings) {
        return findings.stream()
                .<Consumer<JsonText>>map(finding -> finding::describe)
                .toList();
    }

    /** What to think of each, when the findings have been printed already; nothing of what was not looked at. */
    public String summary() {
        var verdicts = new ArrayList<String>();
        if (!host.isEmpty()) {
            verdicts.add(verdict("this host", "do its part", host));
        }
        if (server.stream().anyMatch(each -> each.verdict() != Verdict.SKIPPED)) {
            verdicts.add(verdict("the server", "be relied on", server));
        }
        for (OfVault vault : vaults) {
            String who =
                    vaults.size() == 1 ? "the vault" : "vault " + vault.number().orElseThrow();
            verdicts.add(verdict(who, "be relied on", vault.findings()));
        }
        return "\n" + String.join("\n", verdicts);
    }

    private static String verdict(String who, String what, List<Finding> findings) {
        long failed = count(findings, Verdict.FAILED);
        return who + (failed == 0 ? " can " : " cannot ") + what + ": " + Texts.counted(findings.size(), "check") + ", "
                + Texts.counted(count(findings, Verdict.WARNING), "warning") + ", " + failed + " failed";
    }

    private static long count(List<Finding> findings, Verdict verdict) {
        return findings.stream().filter(each -> each.verdict() == verdict).count();
    }

    private Stream<Finding> all() {
        return Stream.concat(
                Stream.concat(host.stream(), server.stream()),
                vaults.stream().flatMap(vault -> vault.findings().stream()));
    }
}
