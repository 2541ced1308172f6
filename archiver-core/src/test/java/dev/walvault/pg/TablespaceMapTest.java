package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.IntegrityException;
import dev.walvault.Seeds;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablespaceMapTest {

    /** From a server of version 15 with three tablespaces, in its order. */
    private static final String TEXT =
            "16384 /tmp/wv/ts/plain\n16386 /tmp/wv/ts/new\\\nline\n16385 /tmp/wv/ts/back\\\\slash\n";

    @Test
    void aServersMapIsReadAndPrintedAsItWas() throws Exception {
        var map = TablespaceMap.parse(TEXT);

        assertThat(map.locations())
                .containsExactly(
                        Map.entry(16384L, "/tmp/wv/ts/plain"),
                        Map.entry(16386L, "/tmp/wv/ts/new\nline"),
                        Map.entry(16385L, "/tmp/wv/ts/back\\slash"));
        assertThat(map).hasToString(TEXT);
    }

    @Test
    void parsingWhatWasPrintedGivesTheSameMap() {
        Seeds.forEach(200, random -> {
            var locations = new LinkedHashMap<Long, String>();
            for (int i = random.nextInt(4); i > 0; i--) {
                var path = new StringBuilder("/");
                for (int length = random.nextInt(12); length > 0; length--) {
                    path.append("ab \\\n\r/ü€".charAt(random.nextInt(9)));
                }
                locations.put(random.nextLong(1, 1L << 32), path.toString());
            }
            var map = new TablespaceMap(locations);

            assertThat(TablespaceMap.parse(map.toString())).isEqualTo(map);
        });
    }

    @Test
    void tablespacesMoveAndKeepTheirOrder() throws Exception {
        var map = TablespaceMap.parse(TEXT);

        assertThat(map.withLocations(Map.of(16386L, "/new")))
                .hasToString("16384 /tmp/wv/ts/plain\n16386 /new\n16385 /tmp/wv/ts/back\\\\slash\n");
        assertThatThrownBy(() -> map.withLocations(Map.of(1L, "/new")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no tablespace 1 in the tablespace map");
    }

    @Test
    void noTextIsAnEmptyMap() throws Exception {
        assertThat(TablespaceMap.parse("")).isEqualTo(TablespaceMap.EMPTY).hasToString("");
        assertThat(TablespaceMap.parse(TEXT + "\n").locations()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "16384 /a | its last line is cut short",
                "16384 /a\\~ | its last line is cut short",
                "16384~ | no OID and path in line \"16384\"",
                "/a b~ | invalid OID in line \"/a b\"",
                "0 /a~ | OID 0 is no tablespace",
                "1 /a~1 /b~ | OID 1 is there twice",
            })
    void whatIsNoMapIsRefused(String text, String why) {
        assertThatThrownBy(() -> TablespaceMap.parse(text.replace('~', '\n')))
                .isInstanceOf(IntegrityException.class)
                .hasMessage("tablespace map cannot be used: " + why);
    }
}
