package dev.walvault.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.IntegrityException;
import dev.walvault.Seeds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {

    @Test
    void whatIsWrittenIsReadBack() {
        Seeds.forEach(200, random -> {
            var texts = new LinkedHashMap<String, String>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                texts.put(
                        "k" + i, text(random.ints(random.nextInt(12), 1, 0xD800).toArray()));
            }
            var numbers = random.longs(random.nextInt(4)).boxed().toList();
            long number = random.nextLong();
            byte[] document = JsonText.document(json -> json.put("number", number)
                    .put("flag", true)
                    .put("there", Optional.of("x"))
                    .put("notThere", Optional.empty())
                    .putTexts("texts", texts)
                    .putNumbers("numbers", numbers)
                    .putObjects("objects", List.of(object -> object.put("number", number))));

            var read = parse(document);

            assertThat(read.number("number")).isEqualTo(number);
            assertThat(read.flag("flag")).isTrue();
            assertThat(read.find("there")).contains("x");
            assertThat(read.find("notThere")).isEmpty();
            assertThat(read.texts("texts")).isEqualTo(texts);
            assertThat(read.numbers("numbers")).isEqualTo(numbers);
            assertThat(read.objects("objects").getFirst().number("number")).isEqualTo(number);
        });
    }

    @Test
    void aDocumentOfNothingButObjectsIsRefusedBeforeTheyAreHeld() {
        byte[] most = ("{\"a\":[" + "{},".repeat((1 << 16) - 1) + "null]}").getBytes(UTF_8);
        byte[] more = ("{\"a\":[" + "{},".repeat(1 << 16) + "null]}").getBytes(UTF_8);

        assertThatCode(() -> parse(most)).doesNotThrowAnyException();
        Faults.of(() -> parse(more)).is(ErrorCode.CORRUPT).says("more than 65536 objects and arrays");
    }

    @Test
    void aDocumentIsOneLineOfUtf8() {
        byte[] document = JsonText.document(json -> json.put("text", "ä\n\"\\"));

        assertThat(new String(document, UTF_8)).isEqualTo("{\"text\":\"ä\\n\\\"\\\\\"}\n");
    }

    @Test
    void aMemberThatIsNullIsAsGoodAsNotThere() throws Exception {
        var read = parse("{\"a\":null}".getBytes(UTF_8));

        assertThat(read.has("a")).isFalse();
        assertThat(read.find("a")).isEmpty();
        assertThat(read.texts("a")).isEqualTo(Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\":",
                "{\"a\":[1,",
                "{\"a\":{\"b\":1}",
                "[]",
                "1",
                "null",
                "{}{}",
                "{} x",
                "{'a':1}",
                "\0"
            })
    void whatIsNotOneJsonObjectIsDamaged(String text) {
        Faults.of(() -> parse(text.getBytes(UTF_8))).is(ErrorCode.CORRUPT).says("\"doc.json\" is damaged");
    }

    @Test
    void nothingOfAForeignFileIsShown() {
        assertThatThrownBy(() -> parse("geheim:x".getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        IntegrityException.class,
                        e -> assertThat(e.getMessage() + e.detail()).doesNotContain("geheim"));
    }

    @Test
    void deepNestingIsDamageAndNotAStackOverflow() {
        Faults.of(() -> parse(("{\"a\":" + "[".repeat(100_000)).getBytes(UTF_8)))
                .is(ErrorCode.CORRUPT);
    }

    @ParameterizedTest
    @CsvSource({
        "text, member \"text\" is missing",
        "number, member \"number\" has the wrong type",
        "big, member \"big\" is missing",
        "fraction, member \"fraction\" is missing"
    })
    void anUnusableNumberIsNamed(String member, String why) {
        String json = "{\"number\":\"1\",\"fraction\":1.5"
                + (member.equals("big") ? ",\"big\":99999999999999999999" : "") + "}";

        Faults.of(() -> parse(json.getBytes(UTF_8)).number(member))
                .is(ErrorCode.CORRUPT)
                .says(why);
    }

    @Test
    void aNumberThatMeansNothingIsDamage() {
        var json = "{\"n\":4294967296}".getBytes(UTF_8);

        Faults.of(() -> parse(json).numberAs("n", Math::toIntExact))
                .is(ErrorCode.CORRUPT)
                .says("member \"n\"");
    }

    @Test
    void aLaterFormatIsTooNewAndNotDamaged() throws Exception {
        assertThat(parse("{\"walvault\":1,\"unknown\":[{}]}".getBytes(UTF_8)).requireFormat())
                .isNotNull();
        Faults.of(() -> parse("{\"walvault\":2}".getBytes(UTF_8)).requireFormat())
                .is(ErrorCode.FORMAT_TOO_NEW)
                .says("\"doc.json\" is of vault format 2, this walvault knows 1");
    }

    @Test
    void whatRequiresAnUnknownWordIsTooNewAndNotDamaged() throws Exception {
        assertThat(parse("{\"walvault\":1,\"requires\":[]}".getBytes(UTF_8)).requireFormat())
                .isNotNull();
        Faults.of(() -> parse("{\"walvault\":1,\"requires\":[\"block-map\"]}".getBytes(UTF_8))
                        .requireFormat())
                .is(ErrorCode.FORMAT_TOO_NEW)
                .says(
                        "\"doc.json\" was written by a newer walvault",
                        "it requires \"block-map\"",
                        "Install a walvault");
        Faults.of(() -> parse("{\"walvault\":1,\"requires\":[7]}".getBytes(UTF_8))
                        .requireFormat())
                .is(ErrorCode.CORRUPT);
    }

    @Test
    void aWordThatIsNotKnownIsTooNew() throws Exception {
        var json = parse("{\"type\":\"incremental\"}".getBytes(UTF_8));

        assertThat(json.word("type", Set.of("full", "incremental"))).isEqualTo("incremental");
        Faults.of(() -> json.word("type", Set.of("full")))
                .is(ErrorCode.FORMAT_TOO_NEW)
                .says("its member \"type\" is \"incremental\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"walvault\":\"1\"}", "{\"walvault\":0}", "{\"walvault\":-1}"})
    void aDocumentWithoutAFormatIsDamaged(String text) {
        Faults.of(() -> parse(text.getBytes(UTF_8)).requireFormat()).is(ErrorCode.CORRUPT);
    }

    private static String text(int[] codePoints) {
        return new String(codePoints, 0, codePoints.length);
    }

    private static JsonObject parse(byte[] utf8) throws IntegrityException {
        return JsonObject.parse("doc.json", utf8);
    }
}
