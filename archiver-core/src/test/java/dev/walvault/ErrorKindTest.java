package dev.walvault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A code knows its kind, and with it the class of its exception, at every place of the program. */
class ErrorKindTest {
    private static final Path MODULES = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern BEGINNING = Pattern.compile("Fault\\.of\\(");

    /** How a fault goes on. */
    private static final Pattern CODE = Pattern.compile("\\s*ErrorCode\\.([A-Z_]+)\\s*,");

    private static final Pattern LAST_STEP =
            Pattern.compile("\\.(bug|configuration|host|integrity|key|lock|postgres|store)\\(\\)");

    private static final Pattern TEXT = Pattern.compile("\"[^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+\"");

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ABSENT", "DOUBT"})
    void theExceptionIsOfTheKindOfTheCode(ErrorCode code) {
        ArchiverException thrown = Fault.of(code, "said").exception();

        assertThat(thrown.code()).isEqualTo(code);
        assertThat(thrown.getClass().getSimpleName().toUpperCase(Locale.ROOT)).isEqualTo(code.kind() + "EXCEPTION");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {"ABSENT", "DOUBT"})
    void noExceptionCarriesAnAnswer(ErrorCode code) {
        assertThatThrownBy(() -> Fault.of(code, "said").exception()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCodeOfAnotherKindIsRefused() {
        Fault fault = Fault.of(ErrorCode.LOCAL_FILE, "could not read \"x\"");

        assertThatThrownBy(fault::store)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LOCAL_FILE is not of the kind STORE");
    }

    /** Errors are rare: a place that names the wrong kind would be met first by a user. */
    @Test
    void everyPlaceNamesTheKindOfItsCode() throws IOException {
        var places = new ArrayList<String>();
        var wrong = new ArrayList<String>();
        for (Path file : sources()) {
            String bare = TEXT.matcher(Files.readString(file)).replaceAll("\"\"");
            for (String fault : BEGINNING.splitAsStream(bare).toList()) {
                Matcher code = CODE.matcher(fault);
                List<String> steps = LAST_STEP
                        .matcher(fault.split(";", 2)[0])
                        .results()
                        .map(step -> step.group(1))
                        .toList();
                if (code.lookingAt() && !steps.isEmpty()) {
                    String kind = ErrorCode.valueOf(code.group(1)).kind().name();
                    places.add(fault);
                    if (!kind.equals(steps.getLast().toUpperCase(Locale.ROOT))) {
                        wrong.add(MODULES.relativize(file) + ": " + code.group(1) + " is " + kind + ", and not "
                                + steps.getLast());
                    }
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(places).as("places that were found").hasSizeGreaterThan(200);
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(MODULES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("src/main/java"))
                    .toList();
        }
    }
}
