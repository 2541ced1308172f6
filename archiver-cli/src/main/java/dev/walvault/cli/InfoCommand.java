package dev.walvault.cli;

import dev.walvault.ArchiverException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "info",
        description = {
            "Prints what the vault holds: backups, WAL by timeline with its gaps, restore points, and from when to when a"
                    + " restore is possible.",
            "%nWithout \"pgdata\" it prints every system that the vault knows as this member."
        },
        footer = {"%nExamples:", "  walvault info", "  walvault info --output json"})
final class InfoCommand implements Subcommand {
    private final Invocation invocation;

    @Mixin
    private final SystemOption system = new SystemOption();

    InfoCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        try (var wiring = new Wiring(invocation)) {
            var access = wiring.access(wiring.storingKeyring());
            List<SystemReport> reports = new ArrayList<>();
            for (var member : system.members(access, invocation.settings())) {
                reports.add(SystemReport.of(member));
            }
            var zone = invocation.shell().zone();
            invocation
                    .console()
                    .result(
                            "info",
                            json -> json.put("vault", access.vault().location())
                                    .put("encrypted", access.vault().encrypted())
                                    .put("cluster", access.cluster().value())
                                    .put("member", access.member().value())
                                    .putObjects(
                                            "systems",
                                            reports.stream()
                                                    .map(SystemReport::json)
                                                    .toList()),
                            () -> "vault \"" + access.vault().location() + "\", cluster \"" + access.cluster()
                                    + "\", member \"" + access.member() + "\"\n"
                                    + reports.stream()
                                            .map(report -> report.text(zone))
                                            .collect(Collectors.joining("\n")));
            return 0;
        }
    }
}
