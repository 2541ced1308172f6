package dev.walvault.it.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.it.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    @TempDir
    Path directory;

    @Test
    void newResultsTakeThePlaceOfTheOldOnesInThePageOfTheProject() throws Exception {
        Path file = directory.resolve("page.md");
        Files.copy(Project.directory().resolve("docs/internals/benchmarks.md"), file);
        String before = Files.readString(file);
        var page = new Page(file);

        page.write("first results");
        page.write("second results");

        String text = Files.readString(file);
        assertThat(text).contains("second results").doesNotContain("first results");
        assertThat(text).startsWith(before.substring(0, before.indexOf("<!-- results")));
        assertThat(text).endsWith(before.substring(before.indexOf("<!-- end of results")));
    }

    @Test
    void aPageWithoutAPlaceForThemStaysAsItIs() throws Exception {
        Path file = Files.writeString(directory.resolve("page.md"), "something else\n");

        assertThatThrownBy(() -> new Page(file).write("results"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("page.md");

        assertThat(file).hasContent("something else\n");
    }
}
