package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.cli.console.CommandEvent;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.option.SystemOption;
import dev.walvault.cli.option.VaultOption;
import dev.walvault.cli.report.PointText;
import dev.walvault.cli.wiring.ReadVaults;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.json.JsonText;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.points.KnownPoints;
import dev.walvault.points.PointIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = {
            "Lists the restore points that are known, oldest first.",
            "%nA restore point made by SQL (pg_create_restore_point) is known once its WAL is in the vault. This command"
                    + " reads the WAL that no earlier command has read for that, and remembers in the vault what it"
                    + " finds, if it may write there. It names the WAL in which there may be more."
        },
        footer = {"%nExample:", "  walvault restore-point list --output json"})
final class RestorePointListCommand implements Subcommand {
    private final Invocation invocation;

    @Mixin
    private final VaultOption vault = new VaultOption();

    @Mixin
    private final SystemOption system = new SystemOption();

    RestorePointListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        try (var wiring = new Wiring(invocation)) {
            var known = new ArrayList<KnownPoints>();
            var vaults = ReadVaults.of(
                    wiring,
                    vault.some(wiring.vaults(wiring.signingIndex(wiring.lookingKeyring()))),
                    invocation.console());
            for (SystemIdentifier each : system.all(vaults.together(), invocation.settings(), invocation.console())) {
                var index = new PointIndex(vaults.member(each), invocation.cancellation());
                KnownPoints points = index.complete().known();
                known.add(points);
                points.list()
                        .unreadable()
                        .forEach(reason -> invocation.console().on(new CommandEvent.RestorePointLeftOut(reason)));
            }
            invocation
                    .console()
                    .result(
                            "restore-point list",
                            json -> json.putObjects("restorePoints", all(known, PointText::json))
                                    .putObjects("unknownWal", all(known, PointText::unknownJson)),
                            () -> text(known));
            return 0;
        }
    }

    private static List<Consumer<JsonText>> all(
            List<KnownPoints> known, Function<KnownPoints, List<Consumer<JsonText>>> ofOne) {
        return known.stream().flatMap(each -> ofOne.apply(each).stream()).toList();
    }

    private String text(List<KnownPoints> known) {
        var zone = invocation.shell().zone().get();
        String text = known.stream()
                .map(each -> PointText.text(each, zone))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("\n"));
        boolean any = known.stream().anyMatch(each -> !each.list().points().isEmpty());
        return (any ? "" : "there are no restore points\n") + text;
    }
}
