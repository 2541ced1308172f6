package dev.walvault.cli.toml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/** Judged by TomlJ, which takes longer to start than archive-push has time for. */
class TomlJudgeTest {
    private static final String SECRET = "hunter2";

    private static final String USUAL = """
            # where it is
            vault = ["file:///backup/pg", 's3://bucket/prefix?region=eu']   # two
            cluster = "main" # "
            wal.level = 1_0
            pgdata = {a = 1, b.c = -2.5e3, d = {}}

            [encryption]
            recipients = [
              "\\u00e9\\t", # one
              [ true , 07:32:00, 1979-05-27 07:32:00Z ],
            ]

            [a.b]
            level=0x1F
            text = \"""
            one \\
               two ""
            ü\"""

            [a]
            password = '''%s'''
            password_too = "%s"
            [[members]]
            name = 'a'
            [[members]]
            [members.postgres]
            port = 5432
            """.formatted(SECRET, SECRET);

    /** However the text was garbled, both read the same, and no message repeats a value. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void whatIsReadIsReadByAnotherReaderAlike(int changes) {
        var random = new SplittableRandom(changes);
        int read = 0;
        for (int i = 0; i < 3000; i++) {
            String text = garbled(random, changes);
            Map<String, Object> values;
            try {
                values = table(TomlReader.read(text));
            } catch (TomlException e) {
                assertThat(e.getMessage()).as(text).doesNotContain(SECRET);
                assertThat(e.position().line())
                        .as(text)
                        .isBetween(1, (int) text.chars().filter(c -> c == '\n').count() + 1);
                continue;
            }
            TomlParseResult judged = Toml.parse(text);
            read++;
            assertThat(judged.errors()).as(text).isEmpty();
            assertThat(values).as(text).isEqualTo(table(judged));
        }
        assertThat(read).isGreaterThan(500);
    }

    private static String garbled(SplittableRandom random, int changes) {
        String pieces = "[]{}\"'=#,.\\ \t\n01a_-+:é\u0001";
        var text = new StringBuilder(USUAL);
        for (int change = random.nextInt(changes); change >= 0; change--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, pieces.charAt(random.nextInt(pieces.length())));
                case 1 -> text.setCharAt(at, pieces.charAt(random.nextInt(pieces.length())));
                case 2 -> text.deleteCharAt(at);
                default -> swapLines(text, random);
            }
        }
        return text.toString();
    }

    private static void swapLines(StringBuilder text, SplittableRandom random) {
        String[] lines = text.toString().split("\n", -1);
        int one = random.nextInt(lines.length);
        int other = random.nextInt(lines.length);
        String line = lines[one];
        lines[one] = lines[other];
        lines[other] = line;
        text.replace(0, text.length(), String.join("\n", lines));
    }

    private static Map<String, Object> table(TomlTable table) {
        var values = new LinkedHashMap<String, Object>();
        table.values().forEach((key, value) -> values.put(key, object(value)));
        return values;
    }

    private static Object object(TomlValue value) {
        return switch (value) {
            case TomlValue.Text text -> text.text();
            case TomlValue.Whole whole -> whole.number();
            case TomlValue.Fraction fraction -> fraction.number();
            case TomlValue.Truth truth -> truth.value();
            case TomlValue.Time _ -> "a time";
            case TomlArray array ->
                array.elements().stream().map(TomlJudgeTest::object).toList();
            case TomlTable table -> table(table);
        };
    }

    private static Map<String, Object> table(org.tomlj.TomlTable table) {
        var values = new LinkedHashMap<String, Object>();
        table.entrySet().forEach(entry -> values.put(entry.getKey(), object(entry.getValue())));
        return values;
    }

    private static Object object(Object value) {
        return switch (value) {
            case org.tomlj.TomlTable table -> table(table);
            case org.tomlj.TomlArray array ->
                ((List<?>) array.toList()).stream().map(TomlJudgeTest::object).toList();
            case String _, Long _, Double _, Boolean _ -> value;
            default -> "a time";
        };
    }
}
