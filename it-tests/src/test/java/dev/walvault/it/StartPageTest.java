package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tutorial, as it stands in its page, from the first directory that it makes to the last that it removes. */
class StartPageTest {
    private static final String PAGE = "docs/start.md";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final List<String> BEFORE = List.of(
            "set -eu",
            "stop() { for data in ~/tutorial/data ~/tutorial/restored; do pg_ctl -D $data -m immediate stop || :; done; }",
            "trap stop EXIT");

    @Test
    void itsLinesBringATableBack() throws Exception {
        var binaries = PostgresBinaries.any();
        assumeTrue(binaries.find("psql").isPresent(), "it needs psql");
        List<List<String>> blocks = CommandsOfPage.from(PAGE, "## A server to play with");
        assertThat(blocks).isNotEmpty();
        var script = new ArrayList<>(BEFORE);
        blocks.forEach(script::addAll);

        try (var workspace = Workspace.create("start")) {
            var file = workspace.write("script", String.join("\n", script) + "\n");
            String path = Walvault.launcher().getParent() + ":" + binaries.directory() + ":/usr/bin:/bin";

            var ran = Program.of("bash", file.toString())
                    .with("HOME", workspace.root().toString())
                    .with("PATH", path)
                    .in(workspace.root())
                    .run(PATIENCE)
                    .orThrow();

            assertThat(ran.out()).contains("can be relied on", "1500");
            assertThat(workspace.path("tutorial")).doesNotExist();
        }
    }
}
