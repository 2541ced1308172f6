package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveCommandTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "walvault archive-push %p|walvault|",
                "/opt/walvault/bin/walvault archive-push \"%p\"|/opt/walvault/bin/walvault|",
                "'/my place/walvault' --config '/etc/w/a b.toml' archive-push %p|/my place/walvault|/etc/w/a b.toml",
                "/opt/my\\ place/walvault archive-push -c /x.toml %p|/opt/my place/walvault|/x.toml",
                "nice -n 10 walvault --config=/x.toml archive-push %p|walvault|/x.toml",
                "WALVAULT_CONFIG=/y.toml walvault archive-push %p|walvault|/y.toml",
            })
    void itFindsProgramAndConfiguration(String text, String program, String configuration) {
        var command = ArchiveCommand.parse(text);

        assertThat(command.pushes()).isTrue();
        assertThat(command.program()).contains(program);
        assertThat(command.configuration()).isEqualTo(Optional.ofNullable(configuration));
        assertThat(command.namesTheFile()).isTrue();
        assertThat(command.mayHideFailure()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/bin/false",
                "cp %p /backup/%f",
                "pgbackrest archive-push %p",
                "walvault archive-get %f %p",
                "archive-push walvault"
            })
    void itIsAnothersOrNone(String text) {
        assertThat(ArchiveCommand.parse(text).pushes()).isFalse();
    }

    @Test
    void itNamesNoFile() {
        assertThat(ArchiveCommand.parse("walvault archive-push").namesTheFile()).isFalse();
        assertThat(ArchiveCommand.parse("test %p && walvault archive-push %f").namesTheFile())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "walvault archive-push %p || true",
                "walvault archive-push %p;exit 0",
                "walvault archive-push %p &",
                "walvault archive-push %p | logger"
            })
    void whatFollowsMayHideThatItFailed(String text) {
        assertThat(ArchiveCommand.parse(text).mayHideFailure()).isTrue();
    }

    @Test
    void whatIsQuotedIsNoOperator() {
        assertThat(ArchiveCommand.parse("walvault archive-push \"%p\" ';'").words())
                .containsExactly("walvault", "archive-push", "%p", ";");
    }
}
