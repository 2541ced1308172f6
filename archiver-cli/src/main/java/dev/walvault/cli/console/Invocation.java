package dev.walvault.cli.console;

import dev.walvault.ConfigurationException;
import dev.walvault.cli.settings.Settings;
import dev.walvault.observe.Cancellation;
import org.jspecify.annotations.Nullable;

/** One run of one command: its surroundings, its global options, and the settings once somebody asks for them. */
public final class Invocation {
    private final Shell shell;
    private final GlobalOptions options = new GlobalOptions();
    private final Cancellation cancellation = new Cancellation();
    private final Console console;
    private @Nullable Settings settings;

    public Invocation(Shell shell) {
        this.shell = shell;
        this.console = new Console(shell, options);
    }

    public Shell shell() {
        return shell;
    }

    public GlobalOptions options() {
        return options;
    }

    public Console console() {
        return console;
    }

    /** Wished for when a signal arrives. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** Reads the configuration the first time, and warns of what is doubtful in it. */
    public Settings settings() throws ConfigurationException {
        if (settings == null) {
            settings = Settings.load(options.config(), shell.environment(), shell.directory());
            settings.warnings().forEach(console::on);
        }
        return settings;
    }
}
