package dev.walvault.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.store.Drivers;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FsPlaceTest {
    private static final Drivers DRIVERS = new Drivers(List.of(new FsDriver()));

    @ParameterizedTest
    @ValueSource(strings = {"/vault/ä", "file:///vault/ä", "file:///vault/%C3%A4"})
    void aDirectoryHasTheSameNameInEachLocale(String text) {
        var place = (FsPlace) DRIVERS.place(text);

        assertThat(place).hasToString("file:///vault/ä");
        assertThat(place.root().toUri().getRawPath()).isEqualTo("/vault/%C3%A4");
        assertThat(place.directory()).contains(place.root());
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:vault", "file://host/vault", "file:///vault?option=value"})
    void whatIsNoDirectoryOfThisHostIsRefused(String text) {
        assertThatThrownBy(() -> DRIVERS.place(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected file:///path with three slashes");
    }
}
