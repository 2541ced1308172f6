package dev.walvault.store.fs;

import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.Upload;
import java.nio.file.Path;
import java.util.Arrays;

/** A process that leaves an upload open and creates objects until it is killed, naming each when it is acknowledged. */
final class Victim {
    static final int LENGTH = 300_000;

    private Victim() {}

    static byte[] contentOf(int number) {
        byte[] bytes = new byte[LENGTH];
        Arrays.fill(bytes, (byte) (number + 1));
        return bytes;
    }

    static ObjectKey keyOf(int number) {
        return ObjectKey.of("a", "d" + number / 8, "x" + number);
    }

    public static void main(String[] args) throws Exception {
        var store = FsStore.open(Path.of(args[0]));
        try (Upload upload = store.beginUpload(ObjectKey.of("a", "unfinished"))) {
            upload.body().write(new byte[LENGTH]);
            for (int number = 0; ; number++) {
                store.createIfAbsent(keyOf(number), Content.of(contentOf(number)));
                System.out.println(number);
            }
        }
    }
}
