package dev.walvault.cli.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyrightFileTest {
    @TempDir
    Path libraries;

    @Test
    void aTextThatSeveralLibrariesBringIsThereOnce() throws IOException {
        library("one-core-2.56.0.jar", "META-INF/LICENSE.txt", "Do as you like. \r\n");
        library("two-1.5.7-10.jar", "META-INF/LICENSE", "Do as you like.\n");
        library("two-1.5.7-10.jar.sha1", "META-INF/LICENSE", "no library");

        assertThat(CopyrightFile.of("Ours.\n", libraries))
                .startsWith("Ours.\n\n---")
                .endsWith("---\none-core, two\n\nDo as you like.\n")
                .doesNotContain("no library");
    }

    @Test
    void noticesAndLicencesOfWhatALibraryContainsAreTaken() throws IOException {
        library("one-1.jar", "META-INF/licenses/other/META-INF/LICENSE", "Of another.");
        library("two-1.jar", "META-INF/NOTICE", "By two.");

        assertThat(CopyrightFile.of("", libraries)).contains("Of another.").contains("By two.");
    }

    @Test
    void theLicenceThatDebianHasIsNotRepeated() throws IOException {
        library("one-1.jar", "META-INF/LICENSE", """

                                                 Apache License
                                           Version 2.0, January 2004
                                        http://www.apache.org/licenses/

                   TERMS

                   END OF TERMS AND CONDITIONS

                Of a part of it: BSD.
                """);

        assertThat(CopyrightFile.of("", libraries))
                .endsWith("one\n\nApache License, Version 2.0, as above\n\nOf a part of it: BSD.\n");
    }

    @Test
    void aLibraryThatBringsNoLicenceMustBeNamed() throws IOException {
        library("quiet-lib-1.0.jar", "LicenseManager.class", "code");

        assertThatThrownBy(() -> CopyrightFile.of("  other: MIT\n", libraries))
                .hasMessageContaining("say on what terms they are: quiet-lib");
        assertThat(CopyrightFile.of("MIT:\n\n  quiet-lib: Copyright its author\n", libraries))
                .isEqualTo("MIT:\n\n  quiet-lib: Copyright its author\n");
    }

    private void library(String name, String entry, String text) throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(libraries.resolve(name)))) {
            jar.putNextEntry(new JarEntry(entry));
            jar.write(text.getBytes(UTF_8));
        }
    }
}
