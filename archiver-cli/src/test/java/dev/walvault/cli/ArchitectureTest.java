package dev.walvault.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.walvault.cli.settings.VaultUrls;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
                        || name.startsWith("dev.walvault.restore."));
    }

    @Test
    void packagesDependDownwardsOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.walvault..")
                .layer("root")
                .definedBy("dev.walvault")
                .layer("pg")
                .definedBy("dev.walvault.pg")
                .layer("link")
                .definedBy("dev.walvault.pg.link")
                .layer("wal")
                .definedBy("dev.walvault.pg.wal")
                .layer("observe")
                .definedBy("dev.walvault.observe")
                .layer("host")
                .definedBy("dev.walvault.host")
                .layer("json")
                .definedBy("dev.walvault.json")
                .layer("config")
                .definedBy("dev.walvault.config")
                .layer("store")
                .definedBy("dev.walvault.store")
                .layer("drivers")
                .definedBy("dev.walvault.store.*..")
                .layer("checksum")
                .definedBy("dev.walvault.checksum")
                .layer("seal")
                .definedBy("dev.walvault.seal..")
                .layer("vault")
                .definedBy("dev.walvault.vault")
                .layer("reach")
                .definedBy("dev.walvault.reach")
                .layer("archive")
                .definedBy("dev.walvault.archive")
                .layer("prefetch")
                .definedBy("dev.walvault.prefetch")
                .layer("aside")
                .definedBy("dev.walvault.aside")
                .layer("backup")
                .definedBy("dev.walvault.backup")
                .layer("restore")
                .definedBy("dev.walvault.restore")
                .layer("work")
                .definedBy("dev.walvault.work")
                .layer("copy")
                .definedBy("dev.walvault.copy")
                .layer("examine")
                .definedBy("dev.walvault.examine")
                .layer("doctor")
                .definedBy("dev.walvault.doctor")
                .layer("cli")
                .definedBy("dev.walvault.cli..")
                .whereLayer("root")
                .mayNotAccessAnyLayer()
                .whereLayer("pg")
                .mayOnlyAccessLayers("root")
                .whereLayer("link")
                .mayOnlyAccessLayers("root", "pg")
                .whereLayer("wal")
                .mayOnlyAccessLayers("root", "pg", "checksum")
                .whereLayer("observe")
                .mayOnlyAccessLayers("root")
                .whereLayer("host")
                .mayOnlyAccessLayers("root")
                .whereLayer("json")
                .mayOnlyAccessLayers("root")
                .whereLayer("config")
                .mayOnlyAccessLayers("root")
                .whereLayer("store")
                .mayOnlyAccessLayers("root", "examine", "observe", "work", "config")
                .whereLayer("checksum")
                .mayNotAccessAnyLayer()
                .whereLayer("drivers")
                .mayOnlyAccessLayers("root", "host", "store", "config", "observe", "examine", "checksum", "work", "pg")
                .whereLayer("seal")
                .mayOnlyAccessLayers("root", "store", "json")
                .whereLayer("vault")
                .mayOnlyAccessLayers("root", "pg", "wal", "store", "seal", "json")
                .whereLayer("reach")
                .mayOnlyAccessLayers("root", "pg", "wal", "store", "seal", "vault")
                .whereLayer("archive")
                .mayOnlyAccessLayers("root", "host", "pg", "wal", "store", "seal", "vault", "observe", "work")
                .whereLayer("prefetch")
                .mayOnlyAccessLayers("root", "pg", "wal", "seal", "vault", "archive", "observe")
                .whereLayer("aside")
                .mayOnlyAccessLayers("root", "host", "pg", "json", "archive", "observe")
                .whereLayer("backup")
                .mayOnlyAccessLayers(
                        "root",
                        "pg",
                        "link",
                        "store",
                        "checksum",
                        "seal",
                        "json",
                        "vault",
                        "archive",
                        "aside",
                        "observe",
                        "work")
                .whereLayer("restore")
                .mayOnlyAccessLayers(
                        "root",
                        "host",
                        "pg",
                        "wal",
                        "store",
                        "checksum",
                        "seal",
                        "json",
                        "vault",
                        "archive",
                        "reach",
                        "aside",
                        "observe",
                        "work")
                .whereLayer("work")
                .mayOnlyAccessLayers("root", "observe")
                .whereLayer("copy")
                .mayOnlyAccessLayers("root", "pg", "store", "seal", "json", "vault", "observe", "work")
                .whereLayer("examine")
                .mayOnlyAccessLayers("root", "observe")
                .whereLayer("doctor")
                .mayOnlyAccessLayers("root", "pg", "link", "store", "seal", "vault", "examine")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .check(OURS);
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
