package dev.walvault;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrows between rooms point down only, and each library is known in one corner. */
class PackageArrowsTest {
    private static final String ROOT = "dev.walvault";

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    static Set<String> rooms() {
        return Rooms.of(OURS);
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomUsesOnlyWhatIsBelowIt(String room) {
        Rooms.check(OURS, room);
    }

    @Test
    void theRootUsesNothingOfOurs() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + "..").and(resideOutsideOfPackage(ROOT)))
                .check(OURS);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(OURS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg",
                "pg.wal",
                "checksum",
                "observe",
                "host",
                "config",
                "sign",
                "store",
                "seal.stored",
                "vault",
                "vaults",
                "reach",
                "archive",
                "prefetch"
            })
    void nothingButJavaIsUsed(String name) {
        classes()
                .that()
                .resideInAPackage(ROOT + "." + name)
                .should()
                .onlyDependOnClassesThat()
                // a native image has GraalVM's own in itself
                .resideInAnyPackage("java..", "org.jspecify.annotations", "org.graalvm.nativeimage..", ROOT + "..")
                .check(OURS);
    }

    @ParameterizedTest
    @CsvSource({
        "java.sql.., pg.link",
        "javax.sql.., pg.link",
        "org.postgresql.., pg.link",
        "tools.jackson.., json seal",
        "com.github.luben.zstd.., seal.codec",
        "net.jpountz.., seal.codec",
        "org.tukaani.., seal.codec",
        "org.brotli.., seal.codec",
        "com.exceptionfactory.jagged.., seal seal.age",
        "javax.crypto.., seal seal.age",
        "org.graalvm.., checksum",
        "org.apache.commons.compress.., backup restore seal.codec",
    })
    void aLibraryIsKnownInOneCornerOnly(String library, String corners) {
        String[] packages = List.of(corners.split(" ", -1)).stream()
                .map(corner -> ROOT + "." + corner)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(OURS);
    }

    @Test
    void nothingIsFoundByReflectionOrByServiceLoaderAndNothingIsLoggedHere() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.lang.reflect..", "java.util.logging..", "org.slf4j..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.ServiceLoader")
                .check(OURS);
    }

    @Test
    void timeAndLuckComeInByConstructor() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Math.class, "random")
                .check(OURS);
    }
}
