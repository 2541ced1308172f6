package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** native-image passes over what it does not find, and the program fails when it runs. */
class ReachabilityMetadataTest {
    private static final String FILE = "/META-INF/native-image/dev.walvault/archiver-cli/reachability-metadata.json";

    @Test
    void whatTheMetadataNamesIsInTheLibrariesThatWeUse() throws Exception {
        var missing = new ArrayList<String>();
        for (JsonObject entry : metadata().objects("reflection")) {
            var type = Class.forName(entry.text("type"), false, getClass().getClassLoader());
            for (JsonObject field : entry.has("fields") ? entry.objects("fields") : List.<JsonObject>of()) {
                String name = field.text("name");
                if (Arrays.stream(type.getDeclaredFields())
                        .noneMatch(there -> there.getName().equals(name))) {
                    missing.add(type.getName() + "." + name);
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    private static JsonObject metadata() throws Exception {
        try (var in = ReachabilityMetadataTest.class.getResourceAsStream(FILE)) {
            assertThat(in).isNotNull();
            return JsonObject.parse(FILE, in.readAllBytes());
        }
    }
}
