package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.SystemIdentifier;
import dev.walvault.seal.ContentDigest;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Name;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs of several versions may share a state directory, so the form of an acknowledgement says its version. */
class AcknowledgementFormTest {
    private static final String TEXT = """
            walvault acknowledgement 1
            at 2026-12-01T02:50:00Z
            file 2049/131/16777216/1/2 0123456789abcdef
            of orders main 7713962397527640666
            vault one 1234
            vault two owed
            """;

    private static final Acknowledgement READ = new Acknowledgement(
            Instant.parse("2026-12-01T02:50:00Z"),
            new Fingerprint("2049/131/16777216/1/2", "0123456789abcdef"),
            new MemberKeys(new Name("orders"), new Name("main"), SystemIdentifier.parse("7713962397527640666")),
            Map.of("one", "1234", "two", Acknowledgement.OWED));

    /** With the sum that a program writes which has this text. */
    private static byte[] summed(String text) {
        return (text + "sum " + ContentDigest.of(text.getBytes(UTF_8)).hex() + "\n").getBytes(UTF_8);
    }

    @Test
    void whatThisVersionWritesIsReadByEveryLaterOne() {
        assertThat(READ.write()).isEqualTo(summed(TEXT));
        assertThat(Acknowledgement.read(summed(TEXT))).contains(READ);
    }

    @ParameterizedTest
    @CsvSource({
        "walvault acknowledgement 1, walvault acknowledgement 2",
        "vault one 1234, vault one 1234 more",
        "vault two owed, 'vault two owed\nif something'",
        "walvault acknowledgement 1, ''"
    })
    void whatALaterVersionWritesIsIgnored(String line, String later) {
        assertThat(Acknowledgement.read(summed(TEXT.replace(line, later)))).isEmpty();
    }
}
