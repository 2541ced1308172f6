package dev.walvault.it.benchmark;

import dev.walvault.it.Installation;
import dev.walvault.it.Program;
import dev.walvault.it.VaultConfiguration;
import dev.walvault.it.Workspace;
import java.io.IOException;

/** Lines of walvault.toml that say whether a vault is encrypted. */
final class Keys {
    /** A vault that is not. */
    static final String NONE = "";

    private Keys() {}

    /** A fresh pair, its identity in the workspace. */
    static String pair(Installation program, Workspace workspace) throws IOException, InterruptedException {
        var identity = workspace.path("identity.age");
        var printed = Program.of(program.launcher().toString(), "keygen", "-o", identity.toString())
                .run()
                .orThrow();
        return """
                [encryption]
                recipients = ["%s"]
                identity_files = ["%s"]
                """.formatted(VaultConfiguration.recipientOf(printed.out()), identity);
    }
}
