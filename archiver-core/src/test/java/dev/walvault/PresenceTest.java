package dev.walvault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PresenceTest {
    @TempDir
    Path directory;

    @Test
    void whatIsThereIsToldApart() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);

        assertThat(Presence.exists(file)).isTrue();
        assertThat(Presence.isRegularFile(file)).isTrue();
        assertThat(Presence.isDirectory(file)).isFalse();
        assertThat(Presence.isDirectory(link)).isTrue();
        assertThat(Presence.isRegularFile(directory)).isFalse();
    }

    @Test
    void whatIsNotThereIsNothing() throws Exception {
        Path dangling = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("absent"));

        assertThat(Presence.exists(directory.resolve("absent"))).isFalse();
        assertThat(Presence.isDirectory(dangling)).isFalse();
    }

    @Test
    void whatCannotBeLookedAtIsNotNothing() throws Exception {
        Path round = Files.createSymbolicLink(directory.resolve("round"), Path.of("round"));

        assertThat(Files.exists(round)).isFalse();
        assertThatThrownBy(() -> Presence.exists(round)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Presence.isDirectory(round)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Presence.isRegularFile(round)).isInstanceOf(IOException.class);
    }
}
