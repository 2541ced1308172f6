package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.StockTools;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands of docs/FORMAT.md that check signatures, on the test vectors. */
class SignatureByStockToolsTest {
    private static final String PLACE = "main/members/main/" + Sealed.NAME;
    private static final String POINT = "orders/members/main/17443322110099887766/points/before%20release%201%2E0/"
            + "FFFFFFFF-0000001603000060.json";
    private static final String WRITER = "R1ZQOPRPnhvzWCBWVobyOiJl7bvQFCnM0sOHrMGx50Y=";

    @TempDir
    private Path directory;

    /** The blocks of commands in their order: the key, three ways to make a message, and the check. */
    private static List<String> blocks() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "FORMAT.md"));
        String section = page.substring(page.indexOf("### Checking a signature without walvault"));
        section = section.substring(0, section.indexOf("\n## "));
        var blocks = new ArrayList<String>();
        var block = new StringBuilder();
        for (String line : (section + "\nend").lines().toList()) {
            if (line.startsWith("    ")) {
                block.append(line.substring(4)).append('\n');
            } else if (!line.isEmpty() && !block.isEmpty()) {
                blocks.add(block.toString());
                block.setLength(0);
            }
        }
        assertThat(blocks).hasSize(5);
        return blocks;
    }

    private String check(int block, byte[] object, String key) throws Exception {
        List<String> blocks = blocks();
        Path file = Files.write(directory.resolve("object"), object);
        var builder = new ProcessBuilder("sh", "-e", "-c", blocks.get(0) + blocks.get(block) + blocks.get(4))
                .directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment().put("OBJECT", file.toString());
        builder.environment().put("KEY", key);
        builder.environment().put("WRITER", WRITER);
        builder.environment()
                .put("PATH", StockTools.find("openssl").getParent() + File.pathSeparator + System.getenv("PATH"));
        var process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return said;
    }

    private static byte[] resource(String name) throws Exception {
        return Files.readAllBytes(
                Path.of(SignatureByStockToolsTest.class.getResource(name).toURI()));
    }

    private static byte[] vector(String name) throws Exception {
        return Base64.getMimeDecoder().decode(resource(name));
    }

    @ParameterizedTest
    @CsvSource({"1, age-signed.base64", "2, none-signed.base64"})
    void opensslVerifiesAnObject(int block, String name) throws Exception {
        assertThat(check(block, vector(name), PLACE)).contains("Signature Verified Successfully");
        assertThat(check(block, vector(name), PLACE.replace("members/main", "members/seg0")))
                .contains("Signature Verification Failure");
    }

    @Test
    void opensslVerifiesADocument() throws Exception {
        byte[] document = resource("/dev/walvault/vault/point-signed.json");

        assertThat(check(3, document, POINT)).contains("Signature Verified Successfully");
        document[20] ^= 1;
        assertThat(check(3, document, POINT)).contains("Signature Verification Failure");
    }
}
