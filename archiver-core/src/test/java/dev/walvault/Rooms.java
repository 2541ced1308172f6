package dev.walvault;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rooms of the house, which are its packages, and the arrows between them: which room may use which. They are drawn
 * here and nowhere else. Every room may use the root.
 */
public final class Rooms {
    private static final String ROOT = "dev.walvault";

    /** Lower rooms come first: a room uses only what stands above it here. */
    private static final String ARROWS = """
            pg:
            checksum:
            host:
            config:
            json:
            observe: config json
            work: observe
            examine: observe json
            pg.link: pg
            pg.wal: pg checksum
            store: config examine observe work
            store.http: checksum json examine observe work
            store.fs: store host pg examine work
            store.s3: store store.http checksum config examine observe work
            seal.codec:
            sign:
            seal.stored:
            seal.age: seal.stored
            seal: seal.age seal.stored sign seal.codec store json checksum
            vault: seal seal.stored sign store pg.wal json checksum pg
            vaults: vault seal store observe json host pg
            reach: vault seal store pg.wal pg
            points: vaults reach vault json pg.wal pg observe work
            archive: vaults vault seal json store pg.wal pg host observe work
            prefetch: archive vault seal pg.wal observe host pg
            aside: host json pg observe
            backup: aside vault seal store pg.wal pg.link work observe json checksum pg
            restore: vaults aside reach vault seal json store pg.wal pg checksum host observe work
            copy: vault seal sign json store pg observe work
            doctor: points reach vaults vault seal sign store pg.link pg examine
            cli.toml:
            cli.settings: cli.toml config json observe seal sign store store.fs store.s3 vault
            cli.console: cli.settings archive vault examine observe json config pg
            cli.wiring: vaults cli.console cli.settings doctor prefetch archive reach vault seal sign store pg.link \
                examine work observe pg
            cli.option: cli.wiring cli.console cli.settings reach vault work observe config pg
            cli.report: cli.wiring cli.console cli.settings restore aside points reach vaults vault seal store \
                pg.wal examine observe json pg
            cli.command: cli.report cli.option cli.wiring cli.console cli.settings doctor copy restore backup \
                aside prefetch archive points reach vaults vault seal.age sign store pg.link examine work observe \
                json config host pg
            cli: cli.command cli.wiring cli.console observe
            """;

    private static final Map<String, Set<String>> USES = parse();

    private Rooms() {}

    private static Map<String, Set<String>> parse() {
        var uses = new LinkedHashMap<String, Set<String>>();
        ARROWS.lines().forEach(line -> {
            int colon = line.indexOf(':');
            Set<String> used = Arrays.stream(line.substring(colon + 1).split(" ", -1))
                    .filter(word -> !word.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!uses.keySet().containsAll(used)) {
                throw new AssertionError("an arrow points up: " + line);
            }
            uses.put(line.substring(0, colon), used);
        });
        return uses;
    }

    /** All of them, lower ones first. */
    public static List<String> all() {
        return List.copyOf(USES.keySet());
    }

    /** What a room may use, beside the root. */
    public static Set<String> usedBy(String room) {
        return USES.getOrDefault(room, Set.of());
    }

    /** The rooms that classes are in, the root left out. */
    public static Set<String> of(JavaClasses classes) {
        return classes.stream().flatMap(Rooms::of).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Fails where a class of the room uses what the room may not use. */
    public static void check(JavaClasses classes, String room) {
        String[] allowed = Stream.concat(
                        Stream.of(ROOT, name(room)), usedBy(room).stream().map(Rooms::name))
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(name(room))
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))))
                .check(classes);
    }

    /** What a room uses in truth, beside the root. */
    public static Set<String> usedInTruth(JavaClasses classes, String room) {
        return classes.stream()
                .filter(each -> each.getPackageName().equals(name(room)))
                .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                .map(Dependency::getTargetClass)
                .map(JavaClass::getBaseComponentType)
                .flatMap(Rooms::of)
                .filter(other -> !other.equals(room))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> of(JavaClass one) {
        String name = one.getPackageName();
        return name.startsWith(ROOT + ".") ? Stream.of(name.substring(ROOT.length() + 1)) : Stream.empty();
    }

    private static String name(String room) {
        return ROOT + "." + room;
    }
}
