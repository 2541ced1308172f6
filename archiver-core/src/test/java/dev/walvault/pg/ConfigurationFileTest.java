package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
    @TempDir
    Path directory;

    private ConfigurationFile read(String text) throws Exception {
        return ConfigurationFile.read(Files.writeString(directory.resolve("postgresql.conf"), text));
    }

    @Test
    void theLastWordCountsHoweverItIsSpelled() throws Exception {
        var file = read("""
            # port = 1
            port = 2
            PORT 3 # three
            data_directory='/it''s \\'here\\' # not a comment'
            work_mem = 8MB\tx
            hba_file = '/never ended
            """);

        assertThat(file.find("port")).hasValue("3");
        assertThat(file.find("data_directory")).hasValue("/it's 'here' # not a comment");
        assertThat(file.find("work_mem")).isEmpty();
        assertThat(file.find("hba_file")).isEmpty();
    }

    @Test
    void whatIsIncludedCountsWhereItIsIncluded() throws Exception {
        Files.createDirectory(directory.resolve("conf.d"));
        Files.writeString(directory.resolve("conf.d/1.conf"), "port = 1\nssl = on\n");
        Files.writeString(directory.resolve("conf.d/2.conf"), "port = 2\n");
        Files.writeString(directory.resolve("conf.d/.3.conf"), "port = 3\n");
        Files.writeString(directory.resolve("conf.d/4.txt"), "port = 4\n");
        Files.writeString(directory.resolve("more"), "ssl = off\ninclude 'more'\n");

        var file = read("""
            port = 0
            include_dir 'conf.d'
            include = 'more'
            include_if_exists = 'nothing'
            """);

        assertThat(file.find("port")).hasValue("2");
        assertThat(file.find("ssl")).hasValue("off");
    }

    @Test
    void aLongValueIsReadLikeAnyOther() throws Exception {
        String value = "it's ".repeat(20_000);

        var file = read("a = '" + value.replace("'", "''") + "'\nb = '" + "''".repeat(20_000) + "\n");

        assertThat(file.find("a")).hasValue(value);
        assertThat(file.find("b")).isEmpty();
    }

    @Test
    void aDeviceAndWhatIsFarTooLongSayNothing() throws Exception {
        Files.writeString(directory.resolve("long"), "port = 1\n" + "\n".repeat(1 << 20));

        var file = read("port = 0\ninclude '/dev/zero'\ninclude 'long'\n");

        assertThat(file.find("port")).hasValue("0");
    }

    @Test
    void filesThatIncludeEachOtherAreReadToAnEnd() throws Exception {
        Files.writeString(directory.resolve("more"), "include 'more'\n".repeat(1000));

        assertThat(read("port = 0\ninclude 'more'\n").find("port")).hasValue("0");
    }

    @Test
    void whatIsNotThereSaysNothing() {
        assertThat(ConfigurationFile.read(directory.resolve("none")).find("port"))
                .isEmpty();
    }
}
