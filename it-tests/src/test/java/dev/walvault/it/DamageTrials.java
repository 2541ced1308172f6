package dev.walvault.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.cli.Main;
import dev.walvault.cli.console.Shell;
import dev.walvault.cli.console.StandardOutput;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.Identities;
import dev.walvault.seal.ObjectMeta;
import dev.walvault.seal.Recipients;
import dev.walvault.seal.Sealer;
import dev.walvault.seal.SealingStream;
import dev.walvault.seal.Unsealed;
import dev.walvault.seal.Unsealer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Damages one object of a vault after the other, asks for what depends on it, and puts it back. What must never happen:
 * a wrong byte that is served or restored, "absent" for what is there, a stack trace, a refusal that does not say what
 * is wrong, a file outside of where files belong, more memory or disk than what is right takes.
 *
 * <p>A program of its own: restore refuses root, and a process for each question would take a hundred times as long.
 */
final class DamageTrials {
    /** What the restored trees may differ in: it depends on what was asked for, or is written anew. */
    private static final List<String> WRITTEN_BY_RESTORE =
            List.of("postgresql.auto.conf", "recovery.signal", "backup_manifest");

    /** Segments have 1 MB here, and what is planted as a backup some kilobytes. */
    private static final long MOST_WRITTEN = 32 << 20;

    private static final Pattern MEMBER = Pattern.compile("\"(\\w+)\":(\"[^\"]*\"|-?\\d+|true|false|null)");

    private static final List<List<String>> TARGETS = List.of(List.of("--immediate"), List.of("--to-point", "here"));

    private final Path root;
    private final Path config;
    private final Path data;
    private final Path vault;
    private final Map<String, byte[]> wal = new TreeMap<>();
    private final Map<String, Map<String, String>> trees = new TreeMap<>();
    private final HostileObjects hostile;

    private DamageTrials(Path root, String config, Path data, String vault, List<String> recipients) {
        this.root = root;
        this.config = root.resolve(config);
        this.data = data;
        this.vault = root.resolve(vault);
        this.hostile = new HostileObjects(this.vault, recipients, root.resolve("outside"));
    }

    /** Arguments: the workspace, the server's data directory, how many trials of each kind. */
    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        Path data = Path.of(arguments[1]);
        int sample = Integer.parseInt(arguments[2]);
        var identities = Identities.read(List.of(root.resolve("identity.age")));
        var trials = new DamageTrials(root, "walvault.toml", data, "vault", identities.recipients());
        trials.rememberWhatIsRight();
        trials.rememberManifests(identities);
        trials.copyWithoutKeys(identities, root.resolve("plain"));
        var plain = new DamageTrials(root, "plain.toml", data, "plain", List.of());
        plain.rememberWhatIsRight();
        plain.rememberManifests(Identities.none());
        Files.writeString(Files.createDirectory(root.resolve("outside")).resolve("canary"), "sings");
        Trials.run("damaged objects", sample, random -> trials.trial(random, DamageTrials::damaged));
        Trials.run("hostile documents", sample, random -> trials.trial(random, DamageTrials::hostile));
        Trials.run("hostile objects", sample, random -> (random.nextBoolean() ? trials : plain).planted(random));
    }

    /** The kinds of objects, by their keys. */
    private enum Kind {
        VAULT("vault\\.json"),
        CLUSTER("[^/]+/cluster\\.json"),
        IDENTITY(".*/identity\\.json"),
        SEGMENT(".*/wal/.*/[0-9A-F]{24}"),
        PARTIAL(".*\\.partial"),
        BACKUP_HISTORY(".*\\.backup"),
        HISTORY(".*\\.history"),
        PACK(".*/packs/.*"),
        MANIFEST(".*/manifest"),
        COMPLETE(".*/complete\\.json"),
        POINT(".*/points/.*\\.json");

        private final Pattern keys;

        Kind(String keys) {
            this.keys = Pattern.compile(keys);
        }

        boolean isDocument() {
            return this == VAULT || this == CLUSTER || this == IDENTITY || this == COMPLETE || this == POINT;
        }

        boolean isWal() {
            return this == SEGMENT || this == PARTIAL || this == BACKUP_HISTORY || this == HISTORY;
        }

        String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** How an object is changed; empty if it is no object for that. */
    @FunctionalInterface
    private interface Harm {
        Optional<byte[]> to(Kind kind, byte[] content, RandomGenerator random);
    }

    private List<Path> objects(Kind kind) throws IOException {
        try (Stream<Path> files = Files.walk(vault)) {
            return files.filter(Files::isRegularFile)
                    .filter(file ->
                            kind.keys.matcher(vault.relativize(file).toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    private void rememberWhatIsRight() throws Exception {
        for (Kind kind : Kind.values()) {
            if (objects(kind).isEmpty()) {
                throw new IllegalStateException("the vault has no object of kind " + kind);
            }
            if (kind.isWal()) {
                for (Path object : objects(kind)) {
                    String name = name(object);
                    succeed("archive-get", name, served().toString());
                    wal.put(name, Files.readAllBytes(served()));
                }
            }
        }
        for (Path complete : objects(Kind.COMPLETE)) {
            String id = name(Objects.requireNonNull(complete.getParent()));
            succeed("restore", "-D", copy().toString(), "--backup", id, "--immediate");
            trees.put(id, tree(copy()));
            Workspace.delete(copy());
        }
        for (List<String> target : TARGETS) {
            succeed(restoring(target));
            Workspace.delete(copy());
        }
    }

    private String[] restoring(List<String> target) {
        var command = new ArrayList<>(List.of("restore", "-D", copy().toString()));
        command.addAll(target);
        return command.toArray(String[]::new);
    }

    private String trial(RandomGenerator random, Harm harm) throws Exception {
        while (true) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            List<Path> objects = objects(kind);
            Path object = objects.get(random.nextInt(objects.size()));
            byte[] right = Files.readAllBytes(object);
            var wrong = harm.to(kind, right, random);
            if (wrong.isPresent() && !Arrays.equals(right, wrong.get())) {
                Files.write(object, wrong.get());
                try {
                    return kind.words() + " " + outcome(kind, object, random);
                } catch (Exception | AssertionError e) {
                    throw new AssertionError(vault.relativize(object) + ": " + e.getMessage(), e);
                } finally {
                    Files.write(object, right);
                }
            }
        }
    }

    /** So that what is planted can begin as the right one does. */
    private void rememberManifests(Identities identities) throws Exception {
        for (Path manifest : objects(Kind.MANIFEST)) {
            try (Unsealed unsealed = open(manifest, identities)) {
                var lines = new BufferedReader(new InputStreamReader(unsealed.content(), UTF_8));
                hostile.knowHead(name(Objects.requireNonNull(manifest.getParent())), lines.readLine());
            }
        }
    }

    private Unsealed open(Path object, Identities identities) throws IOException {
        Path key = vault.relativize(object);
        return new Unsealer(identities, identities.isEmpty())
                .open(
                        Files.newInputStream(object),
                        key.subpath(3, key.getNameCount()).toString());
    }

    /** The same vault as it would be without encryption, and a configuration for it. */
    private void copyWithoutKeys(Identities identities, Path plain) throws Exception {
        for (Kind kind : Kind.values()) {
            for (Path object : objects(kind)) {
                Path copy = plain.resolve(vault.relativize(object).toString());
                Files.createDirectories(copy.getParent());
                if (kind.isDocument()) {
                    String text = Files.readString(object);
                    Files.writeString(copy, text.replace("\"encryption\":\"age\"", "\"encryption\":\"none\""));
                    continue;
                }
                try (Unsealed unsealed = open(object, identities);
                        OutputStream out = Files.newOutputStream(copy);
                        var sealing = plainly(unsealed.meta(), out)) {
                    unsealed.content().transferTo(sealing);
                    sealing.finish();
                }
            }
        }
        String text = Files.readString(config)
                .replaceAll("(?m)^(recipients|identity_files) = .*$", "$1 = []")
                .replace("file://" + vault, "file://" + plain)
                .replace(
                        root.resolve("state").toString(),
                        root.resolve("state-plain").toString());
        Files.writeString(root.resolve("plain.toml"), text);
    }

    private static SealingStream plainly(ObjectMeta meta, OutputStream out) throws IOException {
        return new Sealer(new Compression(Codec.ZSTD, 1), Recipients.none())
                .sealing(meta.name(), meta.digest(), meta.stamp(), out);
    }

    /** Plants what means harm, asks for it, and puts back what was there. */
    private String planted(RandomGenerator random) throws Exception {
        List<Kind> kinds = List.of(
                Kind.SEGMENT,
                Kind.PARTIAL,
                Kind.BACKUP_HISTORY,
                Kind.HISTORY,
                Kind.COMPLETE,
                Kind.COMPLETE,
                Kind.COMPLETE);
        Kind kind = kinds.get(random.nextInt(kinds.size()));
        List<Path> objects = objects(kind);
        Path object = objects.get(random.nextInt(objects.size()));
        HostileObjects.Planted planted = kind == Kind.COMPLETE
                ? hostile.backup(object, random)
                : hostile.wal(object, Objects.requireNonNull(wal.get(name(object))), random);
        var right = new TreeMap<Path, byte[]>();
        for (Path each : planted.objects().keySet()) {
            right.put(each, Files.readAllBytes(each));
        }
        Map<String, String> before = surroundings();
        try (var watch = new Written(this::written)) {
            for (var each : planted.objects().entrySet()) {
                Files.write(each.getKey(), each.getValue());
            }
            String came = kind == Kind.COMPLETE ? restorePlanted(object, random) : get(name(object));
            require(watch.most() < MOST_WRITTEN, "a few kilobytes became " + watch.most() + " bytes on this disk");
            require(surroundings().equals(before), "something was written outside: " + surroundings());
            return (kind == Kind.COMPLETE ? "backup " : "wal ") + came;
        } catch (Exception | AssertionError e) {
            throw new AssertionError(vault.relativize(object) + ", " + planted.what() + ": " + e.getMessage(), e);
        } finally {
            for (var each : right.entrySet()) {
                Files.write(each.getKey(), each.getValue());
            }
        }
    }

    private String restorePlanted(Path complete, RandomGenerator random) throws Exception {
        String id = name(Objects.requireNonNull(complete.getParent()));
        var command = new ArrayList<>(List.of("restore", "-D", copy().toString(), "--backup", id));
        boolean endsBeforePoint = id.equals(trees.keySet().iterator().next());
        command.addAll(
                endsBeforePoint && random.nextBoolean() ? List.of("--to-point", "here") : List.of("--immediate"));
        try {
            sane(ask("info"));
            Ran ran = sane(ask(command.toArray(String[]::new)));
            if (ran.status() == 0) {
                return "restored";
            }
            require(!Files.exists(copy(), LinkOption.NOFOLLOW_LINKS), "something is left of it", ran);
            boolean named = ran.err().contains(id) || ran.err().contains("tablespace");
            require(named, "the refusal does not name what is damaged", ran);
            return "refused";
        } finally {
            Workspace.delete(copy());
        }
    }

    /** How much lies where commands may write. */
    private long written() throws IOException {
        long bytes = 0;
        for (String name : List.of("copy", "served", "state", "state-plain")) {
            bytes += Written.below(root.resolve(name));
        }
        return bytes;
    }

    /** What must stay as it is: everything beside the copy and the vaults. */
    private Map<String, String> surroundings() throws Exception {
        Map<String, String> found = tree(root.resolve("outside"));
        for (Path directory : List.of(root, root.resolve("outside"), data, data.resolve("pg_wal"))) {
            try (Stream<Path> entries = Files.list(directory)) {
                entries.map(Path::toString)
                        .filter(path -> !path.endsWith("/served"))
                        .forEach(path -> found.put(path, ""));
            }
        }
        return found;
    }

    private static Optional<byte[]> damaged(Kind kind, byte[] content, RandomGenerator random) {
        byte[] wrong = content.clone();
        int at = random.nextInt(content.length);
        return Optional.of(
                switch (random.nextInt(5)) {
                    case 0 -> Arrays.copyOf(content, at);
                    case 1 -> {
                        wrong[at] ^= (byte) (1 << random.nextInt(8));
                        yield wrong;
                    }
                    case 2 -> {
                        Arrays.fill(wrong, at, Math.min(wrong.length, at + 512), (byte) 0);
                        yield wrong;
                    }
                    case 3 -> {
                        wrong = Arrays.copyOf(content, content.length + 1 + random.nextInt(100));
                        wrong[content.length] = (byte) random.nextInt(256);
                        yield wrong;
                    }
                    default -> {
                        byte[] noise = new byte[Math.min(64, content.length - at)];
                        random.nextBytes(noise);
                        System.arraycopy(noise, 0, wrong, at, noise.length);
                        yield wrong;
                    }
                });
    }

    /** Documents that are well-formed, or nearly, and mean harm. */
    private static Optional<byte[]> hostile(Kind kind, byte[] content, RandomGenerator random) {
        if (!kind.isDocument()) {
            return Optional.empty();
        }
        String text = new String(content, UTF_8);
        var members = MEMBER.matcher(text).results().toList();
        var member = members.get(random.nextInt(members.size()));
        String value = switch (random.nextInt(14)) {
            case 0 -> "null";
            case 1 -> "\"\\u001b[2J\\u001b]0;owned\\u0007\"";
            case 2 -> "\"\\nERROR:  it was not so\\r\\n\"";
            case 3 -> "\"../../../../../../tmp/walvault-escape\"";
            case 4 -> "\"" + "x".repeat(1 << (10 + random.nextInt(12))) + "\"";
            case 5 -> "9".repeat(1 + random.nextInt(400));
            case 6 -> "-1";
            case 7 -> "1e99999999";
            case 8 -> "[".repeat(1 + random.nextInt(100_000));
            case 9 -> "{\"a\":" + member.group(2) + "}";
            case 10 -> "\"+1000000000-12-31T23:59:59Z\"";
            case 11 -> nested(random);
            case 12 -> member.group(2) + " ".repeat(4 << 20);
            default -> "\"\\ud800\\u0000\"";
        };
        return Optional.of(
                (text.substring(0, member.start(2)) + value + text.substring(member.end(2))).getBytes(UTF_8));
    }

    private static String nested(RandomGenerator random) {
        int depth = 1 + random.nextInt(random.nextBoolean() ? 600 : 100_000);
        return "{\"a\":[".repeat(depth) + "]}".repeat(depth);
    }

    /** Asks for what depends on the object. */
    private String outcome(Kind kind, Path object, RandomGenerator random) throws Exception {
        if (kind.isWal()) {
            return get(name(object));
        }
        sane(ask("info"));
        if (kind == Kind.VAULT || kind == Kind.CLUSTER || kind == Kind.IDENTITY) {
            List<String> names = List.copyOf(wal.keySet());
            return get(names.get(random.nextInt(names.size())));
        }
        if (kind == Kind.POINT) {
            return sane(ask("restore-point", "list")).status() == 0 ? "listed without it" : "refused";
        }
        return restore(object, random);
    }

    private String get(String name) throws Exception {
        Files.deleteIfExists(served());
        Ran ran = sane(ask("archive-get", name, served().toString()));
        if (ran.status() == 0) {
            require(Arrays.equals(Files.readAllBytes(served()), wal.get(name)), "wrong bytes were served", ran);
            return "served, right";
        }
        require(ran.status() == 255, "what is there was not a doubt", ran);
        require(!Files.exists(served()), "something was left where nothing was served", ran);
        return "doubt";
    }

    private String restore(Path object, RandomGenerator random) throws Exception {
        try {
            Ran ran = sane(ask(restoring(TARGETS.get(random.nextInt(TARGETS.size())))));
            if (ran.status() == 0) {
                require(trees.containsValue(tree(copy())), "what was restored is none of the backups", ran);
                return "restored, right";
            }
            require(!Files.exists(copy().resolve("global/pg_control")), "a server could start on what is left", ran);
            String id = trees.keySet().stream()
                    .filter(each -> object.toString().contains(each))
                    .findFirst()
                    .orElseThrow();
            require(ran.err().contains(id), "the refusal does not name what is damaged", ran);
            return "refused by name";
        } finally {
            Workspace.delete(copy());
        }
    }

    private Path served() {
        return root.resolve("served");
    }

    private Path copy() {
        return root.resolve("copy");
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static Map<String, String> tree(Path directory) throws Exception {
        var tree = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                String path = directory.relativize(file).toString();
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !WRITTEN_BY_RESTORE.contains(path)) {
                    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                    tree.put(path, HexFormat.of().formatHex(digest));
                }
            }
        }
        return tree;
    }

    private void succeed(String... arguments) {
        Ran ran = ask(arguments);
        require(ran.status() == 0, "failed although nothing is damaged", ran);
    }

    /** Runs a command as the program would, in this JVM. */
    private Ran ask(String... arguments) {
        var command = new ArrayList<>(List.of("--config", config.toString()));
        command.addAll(List.of(arguments));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        long began = System.nanoTime();
        int status = Main.run(
                command.toArray(String[]::new),
                new Shell(
                        Map.of("HOME", "/", "PATH", "/usr/bin:/bin"),
                        data,
                        new StandardOutput(out, UTF_8, () -> false),
                        new PrintStream(err, true, UTF_8),
                        () -> false,
                        () -> ZoneOffset.UTC,
                        () -> false));
        return new Ran(
                command, status, out.toString(UTF_8), err.toString(UTF_8), Duration.ofNanos(System.nanoTime() - began));
    }

    /** What no command may do, whatever it is given. */
    private static Ran sane(Ran ran) {
        require(ran.status() != 70 && !ran.err().contains("\tat "), "a failure of the program itself", ran);
        require(ran.status() <= 125 || ran.status() == 255, "a status that nobody expects", ran);
        String said = ran.out() + ran.err();
        require(
                said.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t'),
                "control characters reach the terminal",
                ran);
        return ran;
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new AssertionError(otherwise);
        }
    }

    private static void require(boolean right, String otherwise, Ran ran) {
        if (!right) {
            throw new AssertionError(otherwise + ":\n" + ran);
        }
    }
}
