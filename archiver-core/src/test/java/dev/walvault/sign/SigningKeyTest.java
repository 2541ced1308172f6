package dev.walvault.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.StockTools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeyTest {
    private static final String PKCS8 = "302e020100300506032b657004220420";

    @TempDir
    private Path directory;

    private static String pem(String seed) {
        byte[] der = HexFormat.of().parseHex(PKCS8 + seed);
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getEncoder().encodeToString(der)
                + "\n-----END PRIVATE KEY-----\n";
    }

    @Test
    void itSignsAsTheRfcHasIt() throws Exception {
        var key = SigningKey.parse(pem(Keys.RFC_SEED), "key");

        assertThat(key.writer().text())
                .isEqualTo("ed25519:"
                        + Base64.getEncoder()
                                .encodeToString(HexFormat.of()
                                        .parseHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")));
        assertThat(HexFormat.of().formatHex(key.sign(new byte[] {0x72})))
                .isEqualTo("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    }

    @Test
    void aKeyFileIsReadAgain() throws Exception {
        var key = SigningKey.generate();
        Path file = Files.writeString(directory.resolve("key"), key.file(Instant.EPOCH));

        assertThat(SigningKey.read(file).writer()).isEqualTo(key.writer());
        assertThat(SigningKey.read(file).pem()).isEqualTo(key.pem());
        assertThat(Files.readString(file)).contains("# public key: " + key.writer() + "\n");
        assertThat(WriterKey.parse(key.writer().text())).isEqualTo(key.writer());
        assertThat(key.toString()).doesNotContain(key.pem().split("\n", -1)[1]);
    }

    @Test
    void aKeyOfOpensslIsRead() throws Exception {
        Path file = directory.resolve("key.pem");
        openssl("genpkey", "-algorithm", "ed25519", "-out", file.toString());
        String publicKey = openssl("pkey", "-in", file.toString(), "-pubout");

        assertThat(publicKey)
                .contains("MCowBQYDK2VwAyEA"
                        + SigningKey.read(file).writer().text().substring("ed25519:".length()));
    }

    @Test
    void opensslReadsOurs() throws Exception {
        var key = SigningKey.generate();
        Path file = Files.writeString(directory.resolve("key"), key.file(Instant.EPOCH));

        assertThat(openssl("pkey", "-in", file.toString(), "-pubout"))
                .contains("MCowBQYDK2VwAyEA" + key.writer().text().substring("ed25519:".length()));
    }

    private static String openssl(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(StockTools.find("openssl").toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    @Test
    void twoKeysAreNeverTheSame() {
        assertThat(SigningKey.generate().writer())
                .isNotEqualTo(SigningKey.generate().writer());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "AGE-SECRET-KEY-1DX07U9KUMJSG603J9AW0SGTQQC64UZLGFLC6R8A6CS4XNKUUXQKSLZRX46",
                "-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEILIRUIJZv1hlKa4LBPcOIs72r7z++/e6oRsZA3/rZD3t\n-----END PRIVATE KEY-----",
            })
    void whatIsNoKeyIsRefusedWithoutShowingIt(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("key"), text);

        Faults.of(() -> SigningKey.read(file)).is(ErrorCode.KEY_INVALID).says(file.toString(), "keygen --signing");
        assertThatThrownBy(() -> SigningKey.read(file)).hasNoCause();
    }

    @Test
    void aKeyThatIsNotThereIsMissing() {
        Faults.of(() -> SigningKey.read(directory.resolve("none")))
                .is(ErrorCode.KEY_MISSING)
                .says("does not exist", "signing.key_file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "R1ZQOPRPnhvzWCBWVobyOiJl7bvQFCnM0sOHrMGx50Y=",
                "ed25519:",
                "ed25519:R1ZQOPRPnhvzWCBWVobyOiJl7bvQFCnM0sOHrMGx50Y",
                "ed25519:R1ZQOPRPnhvzWCBWVobyOiJl7bvQFCnM0sOHrMGx50a=",
                "ed25519:R1ZQOPRPnhvzWCBWVobyOiJl7bvQFCnM0sOHrMGx",
                "ed25519:!!",
            })
    void whatIsNoPublicKeyIsRefused(String text) {
        assertThatThrownBy(() -> WriterKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
