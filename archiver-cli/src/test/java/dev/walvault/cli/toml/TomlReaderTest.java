package dev.walvault.cli.toml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TomlReaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a = 1|{a=1}",
                "  a\\t=\\t1 # one|{a=1}",
                "a = 1\\r\\nb = 2\\r\\n|{a=1, b=2}",
                "\uFEFFa = 1|{a=1}",
                "1-a_B = 1|{1-a_B=1}",
                "'a b' = 1|{a b=1}",
                "\"\\\\u00e9\" = 1|{é=1}",
                "'' = 1|{=1}",
                "a . 'b.c' .d = 1|{a={b.c={d=1}}}",
                "[ a . b ]\\nc = 1|{a={b={c=1}}}",
                "a = [ ]|{a=[]}",
                "a = [1, # one\\n\\n 'two', [3],\\n]|{a=[1, two, [3]]}",
                "a = {}|{a={}}",
                "a = { b = 1, c.d = [{}] }|{a={b=1, c={d=[{}]}}}",
            })
    void whatStandsInADocumentIsRead(String text, String read) throws TomlException {
        assertThat(plain(read(text))).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"a 'b' ü \uD83D\uDE00\"|a 'b' ü \uD83D\uDE00",
                "\"\\\\b\\\\t\\\\n\\\\f\\\\r\\\\\"\\\\\\\\\"|[8][9][10][12][13]\"\\",
                "\"\\\\u0041\\\\U0001F600\"|A\uD83D\uDE00",
                "'C:\\\\new'|C:\\new",
                "\"\"|``",
                "''|``",
                "\"\"\"\\na\\nb\"\"\"|a[10]b",
                "\"\"\"a\\r\\nb\"\"\"|a[13][10]b",
                "\"\"\"a \\\\\\n\\n   b\"\"\"|a b",
                "\"\"\"a \\\\  \\n b\"\"\"|a b",
                "\"\"\"\"a\"\"\"\"\"|\"a\"\"",
                "'''\\na\\\\\\nb''''|a\\[10]b'",
            })
    void stringsAreOfFourKinds(String value, String text) throws TomlException {
        TomlValue read = one(value);

        assertThat(read).isInstanceOf(TomlValue.Text.class);
        assertThat(plain(read)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "+17, 17",
        "1_000, 1000",
        "0xdead_BEEF, 3735928559",
        "0o755, 493",
        "0b101, 5",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "1.5, 1.5",
        "-0.0, -0.0",
        "1e06, 1000000.0",
        "1_0.2_5E-1, 1.025",
        "inf, Infinity",
        "+inf, Infinity",
        "-inf, -Infinity",
        "nan, NaN",
        "-nan, NaN",
        "true, true",
        "false, false",
        "1979-05-27T07:32:00Z, 1979-05-27T07:32:00Z",
        "1979-05-27t00:32:00.999-07:00, 1979-05-27t00:32:00.999-07:00",
        "1979-05-27 07:32:00, 1979-05-27 07:32:00",
        "2024-02-29, 2024-02-29",
        "07:32:00.5, 07:32:00.5",
    })
    void otherValuesAreWords(String value, String read) throws TomlException {
        assertThat(plain(one(value))).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a|1:2|expected \"=\" after the key",
                "a: 1|1:2|expected \"=\" after the key",
                "= 1|1:1|expected a key: letters, digits, \"_\" and \"-\", or a string in quotes",
                "a. = 1|1:4|expected a key",
                "ü = 1|1:1|expected a key",
                "\"\"\"a\"\"\" = 1|1:3|expected \"=\" after the key",
                "[a\\n|1:3|expected \"]\" after the name of the section",
                "[[a]|1:4|expected \"]]\" after the name of the section",
                "[ [a]]|1:3|expected a key",
                "[]|1:2|expected a key",
                "[a] b = 1|1:5|expected the end of the line or a comment",
                "a = 1 b = 2|1:7|expected the end of the line or a comment",
                "a = 1\\rb = 2|1:6|expected the end of the line or a comment",
                "\\n# a \u0007b|2:5|expected a comment without control characters",
                "a = # b|1:5|expected a value; a string is written in quotes",
                "a = b|1:5|expected a value; a string is written in quotes",
                "a = True|1:5|expected a value",
                "a = 01|1:5|expected a number, a date or a time; a string is written in quotes",
                "a = 10m|1:5|expected a number",
                "a = 9223372036854775808|1:5|expected a number of at most 64 bits",
                "a = \"b|1:7|expected a closing \" on the same line",
                "a = 'b\\n'|1:7|expected a closing ' on the same line",
                "a = \"\uD83D\uDE00\" b|1:9|expected the end of the line or a comment",
                "a = \"\u0001\"|1:6|expected an escape sequence such as \\n in place of a control character",
                "a = \"C:\\\\new\\\\xfile\"|1:12|expected an escape sequence; a backslash is written \\\\, or the string in"
                        + " single quotes",
                "a = \"\\\\ud800\"|1:6|expected an escape sequence",
                "a = \"\\\\U00110000\"|1:6|expected an escape sequence",
                "a = \"\\\\u00e\"|1:6|expected an escape sequence",
                "\\na = \"\"\"b\\n\"|3:2|expected \"\"\" at the end of the string that begins in line 2",
                "a = '''b|1:9|expected ''' at the end of the string that begins in line 1",
                "\\na = [1\\n2]|3:1|expected \",\" or \"]\" in the array that begins in line 2",
                "a = [,]|1:6|expected a value",
                "a = [1,,]|1:8|expected a value",
                "a = [1|1:7|expected \",\" or \"]\" in the array that begins in line 1",
                "a = {b = 1\\n}|1:11|expected \",\" or \"}\" in the table, which stands in one line",
                "a = {b = 1,}|1:12|expected a key",
            })
    void aMistakeIsNamedByLineAndColumn(String text, String position, String message) {
        assertThatExceptionOfType(TomlException.class)
                .isThrownBy(() -> read(text))
                .satisfies(e -> {
                    assertThat(e.position().line() + ":" + e.position().column())
                            .isEqualTo(position);
                    assertThat(e).hasMessageStartingWith(message);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1__0",
                "_1",
                "1_",
                "0x",
                "0x_1",
                "0xg",
                "+0x1",
                "0o8",
                "0b2",
                "1.",
                ".1",
                "1._0",
                "1e",
                "1e+",
                "1e1.0",
                "+",
                "--1",
                "00",
                "-01",
                "0_1",
                "1979-05-27T",
                "1979-5-27",
                "1979-05-27T07:32",
                "1979-05-27T07:32:00+7",
                "1979-05-27T24:00:00Z",
                "2023-02-29",
                "07:32:00Z",
                "07:32",
                "7:32:00",
                "1979-05-27 ",
                "1979-05-2707:32:00",
                "infinity",
                "TRUE",
                "nul",
                "1979-05-27T07:32:00+24:00",
                "0x8000000000000000"
            })
    void whatOnlyLooksLikeANumberIsRefused(String value) {
        assertThatExceptionOfType(TomlException.class).isThrownBy(() -> one(value + "x"));
        if (!value.endsWith(" ")) {
            assertThatExceptionOfType(TomlException.class).isThrownBy(() -> one(value));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = 1\\na = 2",
                "a = 1\\n'a' = 2",
                "a = 1\\na.b = 2",
                "a = 1\\n[a]",
                "a = 1\\n[a.b]",
                "a = 1\\n[[a]]",
                "[a]\\n[a]",
                "[a]\\n[[a]]",
                "[[a]]\\n[a]",
                "[a.b]\\n[[a]]",
                "a = []\\n[[a]]",
                "a = [{}]\\n[a.b]",
                "a = {}\\n[a]",
                "a = {}\\n[a.b]",
                "a = {}\\na.b = 1",
                "a = {b = {}, b.c = 1}",
                "a = {b = 1, b = 2}",
                "a.b = 1\\n[a]",
                "[a]\\nb.c = 1\\n[a.b]",
                "[a.b]\\n[a]\\nb.c = 1",
                "[a.b.c]\\n[a]\\nb.c.d = 1",
                "[[a.b]]\\n[a]\\nb.c = 1",
                "a.b = 1\\n[x]\\n[a]",
            })
    void nothingIsDefinedTwice(String text) {
        assertThatExceptionOfType(TomlException.class)
                .isThrownBy(() -> read(text))
                .withMessageMatching("\"[abc]\" is defined in line [12] already");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[a.b]\\nc = 1\\n[a]\\nd = 2|{a={b={c=1}, d=2}}",
                "a.b = 1\\na.c = 2|{a={b=1, c=2}}",
                "[a]\\nb.c = 1\\nb.d = 2\\n[a.b.e]\\nf = 3|{a={b={c=1, d=2, e={f=3}}}}",
                "[a.b.c]\\n[a]\\nb.d = 1|{a={b={c={}, d=1}}}",
                "[[a]]\\nb = 1\\n[a.c]\\nd = 2\\n[[a]]\\n[a.c]\\n[[a.e]]\\n[[a.e]]|{a=[{b=1, c={d=2}}, {c={}, e=[{}, {}]}]}",
            })
    void aTableMayBeWrittenInParts(String text, String read) throws TomlException {
        assertThat(plain(read(text))).isEqualTo(read);
    }

    @Test
    void tablesOfTablesAreAList() throws TomlException {
        TomlTable document = read("""
                [[members]]
                member = "coordinator"

                [[members]]
                member = "seg0"
                postgres.port = 6000
                """);

        List<TomlTable> members = document.tables("members");
        assertThat(members)
                .map(TomlReaderTest::plain)
                .containsExactly("{member=coordinator}", "{member=seg0, postgres={port=6000}}");
        assertThat(members).map(TomlTable::position).containsExactly(new Position(1, 3), new Position(4, 3));
        assertThat(document.tables("sets")).isEmpty();
        assertThat(read("members = [{member = 'a'}]").tables("members")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[members]|expected tables, each with a header [[members]], not a table",
                "members = 1|expected tables, each with a header [[members]], not an integer",
                "members = [1]|expected tables, each with a header [[members]], not an integer",
            })
    void whatIsNoTablesOfTablesIsRefused(String text, String message) {
        assertThatExceptionOfType(TomlException.class)
                .isThrownBy(() -> read(text).tables("members"))
                .withMessage(message);
    }

    @Test
    void everythingKnowsWhereItBegins() throws TomlException {
        TomlTable document = read("""
                vault = [
                  "/a",
                  "/b"]
                [wal]
                  "level"  =  1
                """);

        var vault = (TomlArray) in(document, "vault");
        assertThat(vault.position()).isEqualTo(new Position(1, 9));
        assertThat(vault.elements()).map(TomlValue::position).containsExactly(new Position(2, 3), new Position(3, 3));
        var wal = (TomlTable) in(document, "wal");
        assertThat(wal.position()).isEqualTo(new Position(4, 2));
        assertThat(wal.values().get("level")).isEqualTo(new TomlValue.Whole(1, new Position(5, 15)));
    }

    @Test
    void endlessNestingIsRefusedAndNoOverflow() throws TomlException {
        assertThat(plain(one("[".repeat(64) + "]".repeat(64)))).hasSize(128);

        assertThatExceptionOfType(TomlException.class)
                .isThrownBy(() -> one("[".repeat(100_000)))
                .withMessage("expected no more than 64 arrays and tables in each other");
        assertThatExceptionOfType(TomlException.class).isThrownBy(() -> one("{a=".repeat(100_000)));
    }

    private static TomlTable read(String text) throws TomlException {
        return TomlReader.read(text.replace("\\\\", "\0")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\t", "\t")
                .replace("\0", "\\"));
    }

    private static TomlValue in(TomlTable table, String key) {
        return Objects.requireNonNull(table.values().get(key));
    }

    private static TomlValue one(String value) throws TomlException {
        TomlTable document = read("a = " + value);
        assertThat(document.values()).containsOnlyKeys("a");
        return document.values().values().iterator().next();
    }

    /** Without positions; control characters as their numbers. */
    private static String plain(TomlValue value) {
        return switch (value) {
            case TomlValue.Text text ->
                text.text()
                        .chars()
                        .mapToObj(c -> c < ' ' ? "[" + c + "]" : Character.toString((char) c))
                        .collect(Collectors.joining());
            case TomlValue.Whole whole -> String.valueOf(whole.number());
            case TomlValue.Fraction fraction -> String.valueOf(fraction.number());
            case TomlValue.Truth truth -> String.valueOf(truth.value());
            case TomlValue.Time time -> time.text();
            case TomlArray array ->
                array.elements().stream().map(TomlReaderTest::plain).collect(Collectors.joining(", ", "[", "]"));
            case TomlTable table ->
                table.values().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + plain(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
        };
    }
}
