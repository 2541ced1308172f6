package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.option.SystemOption;
import dev.walvault.cli.option.VaultOption;
import dev.walvault.cli.report.SystemReport;
import dev.walvault.cli.report.VaultReport;
import dev.walvault.cli.wiring.ConfiguredServer;
import dev.walvault.cli.wiring.ReadVaults;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.json.JsonText;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vaults.MemberVaults;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "info",
        description = {
            "Shows what the vault holds: backups, WAL with its gaps, restore points, and the times to which a restore"
                    + " is possible.",
            "%nFor several vaults it shows what they hold together, and how far each is behind the others. It only"
                    + " looks at the names of objects, and at the restore points in WAL that is new to the index."
                    + " \"walvault doctor\" and a restore check the content.",
            "%nWithout \"pgdata\" it shows every system that the vault knows as this member."
        },
        footer = {"%nExamples:", "  walvault info", "  walvault info --output json"})
final class InfoCommand implements Subcommand {
    private final Invocation invocation;

    @Mixin
    private final VaultOption vault = new VaultOption();

    @Mixin
    private final SystemOption system = new SystemOption();

    InfoCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        try (var wiring = new Wiring(invocation)) {
            var vaults = ReadVaults.of(
                    wiring,
                    vault.some(wiring.vaults(wiring.signingIndex(wiring.lookingKeyring()))),
                    invocation.console());
            MemberAccess together = vaults.together();
            List<One> systems = new ArrayList<>();
            for (SystemIdentifier each : system.all(together, invocation.settings(), invocation.console())) {
                systems.add(one(wiring, vaults, each));
            }
            List<String> locations =
                    vaults.all().stream().map(one -> one.vault().location()).toList();
            var zone = invocation.shell().zone().get();
            invocation
                    .console()
                    .result(
                            "info",
                            json -> json.putTexts("vault", locations)
                                    .put("encrypted", together.vault().encrypted())
                                    .put("cluster", together.cluster().value())
                                    .put("member", together.member().value())
                                    .putObjects(
                                            "systems",
                                            systems.stream()
                                                    .<Consumer<JsonText>>map(each -> each::json)
                                                    .toList()),
                            () -> "cluster \"" + together.cluster() + "\", member \"" + together.member() + "\"\n"
                                    + headings(locations)
                                    + systems.stream()
                                            .map(each -> each.text(zone))
                                            .collect(Collectors.joining("\n")));
            return vaults.failure().map(failure -> failure.code().exitStatus()).orElse(0);
        }
    }

    private static String headings(List<String> locations) {
        var lines = new StringBuilder();
        for (int number = 1; number <= locations.size(); number++) {
            lines.append("vault ")
                    .append(locations.size() == 1 ? "" : number + ": ")
                    .append('"')
                    .append(locations.get(number - 1))
                    .append("\"\n");
        }
        return lines.toString();
    }

    private One one(Wiring wiring, ReadVaults vaults, SystemIdentifier system) throws ArchiverException {
        MemberVaults member = vaults.member(system);
        SystemReport report = SystemReport.of(
                member, ConfiguredServer.timeline(invocation.settings(), system), invocation.cancellation());
        boolean several = vaults.all().size() > 1;
        return new One(
                report,
                several
                        ? VaultReport.of(
                                vaults,
                                member.keys(),
                                report,
                                wiring.state().vaults().debts())
                        : List.of());
    }

    /** One system; {@code vaults} is empty where there is one vault. */
    private record One(SystemReport report, List<VaultReport> vaults) {
        void json(JsonText json) {
            report.json().accept(json);
            if (!vaults.isEmpty()) {
                json.putObjects("vaults", vaults.stream().map(VaultReport::json).toList());
            }
        }

        String text(ZoneId zone) {
            return report.text(zone) + (vaults.isEmpty() ? "" : VaultReport.text(vaults));
        }
    }
}
