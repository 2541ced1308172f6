package dev.walvault.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.walvault.Rooms;
import dev.walvault.cli.command.ArchiveGetCommand;
import dev.walvault.cli.command.ArchivePushCommand;
import dev.walvault.cli.settings.VaultUrls;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("test-classes") && !location.contains("-tests.jar"))
            .importPackages("dev.walvault");

    @ParameterizedTest
    @ValueSource(classes = {ArchivePushCommand.class, ArchiveGetCommand.class})
    void whatAServerCallsReachesNoDatabaseDriverAndNoOtherEngine(Class<?> command) {
        var reached = new TreeSet<String>();
        var open = new ArrayDeque<JavaClass>();
        open.add(OURS.get(command));
        while (!open.isEmpty()) {
            JavaClass next = open.remove();
            if (reached.add(next.getName()) && next.getPackageName().startsWith("dev.walvault")) {
                next.getDirectDependenciesFromSelf().stream()
                        .map(Dependency::getTargetClass)
                        .map(JavaClass::getBaseComponentType)
                        .forEach(open::add);
            }
        }

        assertThat(reached).contains("dev.walvault.vault.MemberVault", "dev.walvault.store.fs.FsStore");
        assertThat(reached)
                .noneMatch(name -> name.startsWith("java.sql.")
                        || name.startsWith("org.postgresql.")
                        || name.startsWith("dev.walvault.pg.link.")
                        || name.startsWith("dev.walvault.backup.")
                        || name.startsWith("dev.walvault.reach.")
                        || name.startsWith("dev.walvault.restore."));
    }

    static Set<String> rooms() {
        return Rooms.of(OURS);
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomUsesOnlyWhatIsBelowIt(String room) {
        Rooms.check(OURS, room);
    }

    /** An arrow that nobody uses any more would let the wrong thing in. */
    @ParameterizedTest
    @MethodSource("rooms")
    void everyArrowIsUsed(String room) {
        assertThat(Rooms.usedInTruth(OURS, room)).isEqualTo(Rooms.usedBy(room));
    }

    @Test
    void thePageShowsEveryRoomAboveWhatItUses() throws IOException {
        List<String> shown = RoomsOfThePage.read(Path.of("..", "ARCHITECTURE.md"));

        assertThat(shown).containsExactlyInAnyOrderElementsOf(Rooms.all());
        for (String room : shown) {
            assertThat(shown.subList(shown.indexOf(room), shown.size()))
                    .as(room + " stands above what it uses")
                    .containsAll(Rooms.usedBy(room));
        }
    }

    @Test
    void driversAreNamedInOneLineOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.walvault.store.*..")
                .and()
                .doNotHaveFullyQualifiedName(VaultUrls.class.getName())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.walvault.store.*..")
                .check(OURS);
    }

    @Test
    void filesAreMadeDurableThroughTheOneSeam() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.walvault.host")
                .should()
                .callMethod(FileChannel.class, "force", boolean.class)
                .check(OURS);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.walvault.(**)").should().beFreeOfCycles().check(OURS);
    }

    @Test
    void serversFormatsNeedNothingButJava() {
        classes()
                .that()
                .resideInAPackage("dev.walvault.pg")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "dev.walvault", "dev.walvault.pg", "org.jspecify.annotations")
                .check(OURS);
    }

    @Test
    void nothingIsFoundByReflection() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.lang.reflect..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.ServiceLoader")
                .check(OURS);
    }
}
