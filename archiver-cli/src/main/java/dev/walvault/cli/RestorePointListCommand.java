package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.json.JsonText;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.RestorePointList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the restore points that the vault knows, oldest first.",
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
            var points = new ArrayList<RestorePoint>();
            var vaults =
                    ReadVaults.of(wiring, vault.some(wiring.vaults(wiring.lookingKeyring())), invocation.console());
            for (SystemIdentifier each : system.all(vaults.together(), invocation.settings(), invocation.console())) {
                RestorePointList listed =
                        vaults.member(each).together().restorePoints().all();
                points.addAll(listed.points());
                listed.unreadable()
                        .forEach(reason -> invocation.console().on(new CommandEvent.RestorePointLeftOut(reason)));
            }
            points.sort(Comparator.comparing(RestorePoint::time));
            invocation
                    .console()
                    .result(
                            "restore-point list",
                            json -> json.putObjects(
                                    "restorePoints",
                                    points.stream()
                                            .<Consumer<JsonText>>map(point -> point::describe)
                                            .toList()),
                            () -> text(points));
            return 0;
        }
    }

    private String text(List<RestorePoint> points) {
        return points.isEmpty()
                ? "there are no restore points"
                : Rendering.points(points, invocation.shell().zone().get());
    }
}
