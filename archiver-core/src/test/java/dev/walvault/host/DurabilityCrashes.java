package dev.walvault.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** What the drivers use to make names durable. */
final class DurabilityCrashes {
    private DurabilityCrashes() {}

    static List<CrashPath> paths() {
        return List.of(
                new CrashPath("names up to the top", root -> new Names(root, "new", false)),
                new CrashPath("a file of another process", root -> new Names(root, "whole", true)));
    }

    /** A file that something else has made in a directory that something else has made. */
    private record Names(Path root, String content, boolean whole) implements CrashPath.Trial {
        private Path directory() {
            return root.resolve("a/b");
        }

        private Path file() {
            return directory().resolve("file");
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            Files.createDirectories(directory());
            Files.writeString(file(), content);
            var durability = new Durability(disk, () -> Instant.EPOCH);
            if (whole) {
                assertThat(durability.ofFileIfThere(file(), root)).isTrue();
            } else {
                durability.ofNamesIn(directory(), root);
            }
        }

        @Override
        public void check(boolean returned) {
            if (returned) {
                assertThat(file()).exists();
            }
            if (returned && whole) {
                assertThat(file()).hasContent(content);
            }
        }
    }
}
