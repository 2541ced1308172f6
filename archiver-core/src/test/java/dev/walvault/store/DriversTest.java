package dev.walvault.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriversTest {
    private final Drivers drivers =
            new Drivers(List.of(new Known("a", Optional.empty()), new Known("b", Optional.of("/"))));

    /** A driver that says by an exception what it was asked for: nobody needs its places here. */
    private record Known(String scheme, Optional<String> paths) implements Driver {
        @Override
        public String form() {
            return scheme + "://where";
        }

        @Override
        public String help() {
            return "a URL of " + scheme;
        }

        @Override
        public Place place(URI url) {
            throw new IllegalStateException(scheme + " reads " + url);
        }

        @Override
        public Optional<Place> place(String path) {
            if (paths.isEmpty()) {
                return Optional.empty();
            }
            throw new IllegalStateException(scheme + " reads path " + path);
        }
    }

    @ParameterizedTest
    @CsvSource({"a://x, a reads a://x", "b:y?z, b reads b:y?z", "/backup/a@b, b reads path /backup/a@b"})
    void aPlaceIsReadByTheDriverOfItsSchemeAndAPathByTheOneThatKnowsPaths(String text, String read) {
        assertThat(catchThrowable(() -> drivers.place(text))).hasMessage(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"c://x", "x", "A://x"})
    void whatNoDriverKnowsIsRefusedWithWhatIsKnown(String text) {
        assertThatThrownBy(() -> drivers.place(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text + "\" is not a vault that walvault can reach; expected a://where or b://where");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a://AKIA:geheim@x", "c://AKIA:geheim@x", "a://AKIA:geheim@x/["})
    void aSecretInAUrlIsRefusedByWhateverDriverAndNotRepeated(String text) {
        assertThatThrownBy(() -> drivers.place(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no access key")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void helpNamesWhatEachOfThemReads() {
        assertThat(drivers.help()).isEqualTo("a URL of a, or a URL of b");
    }

    @Test
    void whatIsNoUrlIsRefusedWithTheReason() {
        assertThatThrownBy(() -> drivers.place("a://x/["))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a URL");
    }
}
