package dev.walvault.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.Seeds;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupIdTest {

    @Test
    void itIsTheUtcSecondOfTheStart() {
        assertThat(new BackupId(Instant.parse("2026-11-20T22:15:30.999Z"))).hasToString("20261120T221530Z");
    }

    @Test
    void theOrderOfIdsIsTheOrderOfTheirTexts() {
        Seeds.forEach(300, random -> {
            var a = new BackupId(Instant.ofEpochSecond(random.nextLong(4_000_000_000L)));
            var b = random.nextBoolean()
                    ? a.next()
                    : new BackupId(Instant.ofEpochSecond(random.nextLong(4_000_000_000L)));

            assertThat(BackupId.parse(a.toString())).isEqualTo(a);
            assertThat(Integer.signum(a.compareTo(b)))
                    .isEqualTo(Integer.signum(a.toString().compareTo(b.toString())));
            assertThat(a.next()).isGreaterThan(a);
        });
    }

    @Test
    void theNextIsOneSecondLaterAlsoAtTheEndOfAYear() {
        assertThat(BackupId.parse("20261231T235959Z").next()).hasToString("20270101T000000Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20261120",
                "20261120T221530",
                "20261120t221530z",
                "20260230T000000Z",
                "20261120T240000Z",
                "20261120T221560Z",
                "20261120T221530Z ",
                "+12026-1120T221530Z",
                "120261120T221530Z",
                "+20261120T221530Z",
                "-20261120T221530Z",
                "packs"
            })
    void whatIsNotTheTextOfAnIdIsRefused(String text) {
        assertThatThrownBy(() -> BackupId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("invalid backup id \"" + text + "\"");
    }
}
