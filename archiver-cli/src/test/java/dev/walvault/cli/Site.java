package dev.walvault.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.cli.console.Shell;
import dev.walvault.cli.console.StandardOutput;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ServerFormat;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A data directory, a place for a vault and a configuration file, all below one directory; no server. */
public final class Site {
    static final String SEGMENT = "000000010000000000000001";

    private static final int MAGIC_15 = 0xD110;

    private final Path root;
    private final Path pgdata;
    private final Map<String, String> environment = new TreeMap<>();
    private boolean asRoot;

    private Site(Path root) {
        this.root = root;
        this.pgdata = root.resolve("pgdata");
    }

    /** Of a server of version 15, configured without encryption. */
    public static Site in(Path root) throws IOException {
        var site = new Site(root);
        Files.createDirectories(site.pgdata.resolve("pg_wal"));
        Files.createDirectories(site.pgdata.resolve("global"));
        site.controlFile("15");
        site.configure("");
        return site;
    }

    /** The same, with the vault made. */
    static Site initialised(Path root) throws IOException {
        var site = in(root);
        Ran ran = site.run("init");
        if (ran.status() != 0) {
            throw new IllegalStateException(ran.err());
        }
        return site;
    }

    void controlFile(String version) throws IOException {
        try (InputStream golden = ControlFile.class.getResourceAsStream("pg_control." + version)) {
            if (golden == null) {
                throw new IllegalStateException("no golden control file of version " + version);
            }
            Files.write(pgdata.resolve(ControlFile.PATH), golden.readAllBytes());
        }
    }

    SystemIdentifier system() throws IOException {
        return ControlFile.read(pgdata).systemIdentifier();
    }

    Path root() {
        return root;
    }

    Path pgdata() {
        return pgdata;
    }

    Path vault() {
        return root.resolve("vault");
    }

    Path config() {
        return root.resolve("walvault.toml");
    }

    /** Vault and data directory, then {@code more}; no second attempts, so that doubts do not take long. */
    public void configure(String more) throws IOException {
        write("vault = \"" + vault()
                + "\"\npgdata = \"pgdata\"\nstate_directory = \"state\"\n[archive_get]\nretry_budget = \"0s\"\n"
                + more);
    }

    void write(String toml) throws IOException {
        Files.writeString(config(), toml);
        Files.setPosixFilePermissions(config(), PosixFilePermissions.fromString("rw-------"));
    }

    Site with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** A segment of this server in pg_wal; equal fillings make equal content. */
    Path segment(String name, int filling) throws IOException {
        return segment(name, filling, system());
    }

    Path segment(String name, int filling, SystemIdentifier system) throws IOException {
        var size = WalSegmentSize.DEFAULT;
        var segment = (WalFile.Segment) WalFile.parse(name.substring(0, 24));
        var bytes = ByteBuffer.allocate(size.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        int magic =
                ControlFile.read(pgdata).format().map(ServerFormat::walMagic).orElse(MAGIC_15);
        bytes.putShort((short) magic)
                .putShort((short) 2)
                .putInt(segment.timeline().value());
        bytes.putLong(segment.toWalSegment(size).startLsn(size).value())
                .putInt(0)
                .putInt(0);
        bytes.putLong(system.value()).putInt(size.bytes()).putInt(8192);
        bytes.putInt(100, filling);
        return Files.write(pgdata.resolve("pg_wal").resolve(name), bytes.array());
    }

    /** As PostgreSQL runs it: in the data directory. */
    public Ran run(String... arguments) {
        return runIn(pgdata, arguments);
    }

    Ran runIn(Path directory, String... arguments) {
        var all = new ArrayList<>(List.of("--config", config().toString()));
        all.addAll(List.of(arguments));
        return bare(directory, all.toArray(String[]::new));
    }

    /** From now on as root. */
    Site asRoot() {
        asRoot = true;
        return this;
    }

    /** Without --config. */
    Ran bare(Path directory, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = Main.run(
                arguments,
                new Shell(
                        environment,
                        directory,
                        new StandardOutput(out, UTF_8, () -> false),
                        new PrintStream(err, true, UTF_8),
                        () -> false,
                        () -> ZoneOffset.UTC,
                        () -> asRoot));
        return new Ran(status, out.toString(UTF_8), err.toString(UTF_8));
    }
}
