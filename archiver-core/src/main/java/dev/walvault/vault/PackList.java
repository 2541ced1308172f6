package dev.walvault.vault;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code packs.jsonl}: what the packs of a backup are as they are stored. It is plain, so that a host without keys can
 * verify a backup, copy it and account for it.
 */
public final class PackList {
    private static final int LONGEST_LINE = 4096;

    private PackList() {}

    /** The first line, with its line feed. */
    public static byte[] head(BackupId id) {
        return JsonText.document(json -> json.put("walvault", JsonObject.FORMAT).put("backup", id.toString()));
    }

    /** The line of a pack, with its line feed. */
    public static byte[] line(int number, StoredDigest stored) {
        return JsonText.document(json -> {
            json.put("pack", MemberKeys.packName(number));
            stored.put(json, "length", "sha256");
        });
    }

    /**
     * Reads the list of a backup, by the names of its packs. It must be the one that its {@code complete.json} names.
     * What is returned grows with the packs: about 200 bytes for each 64 MiB of the backup.
     *
     * @param name for messages
     * @throws IntegrityException CORRUPT if it is another list, or does not list each pack of the backup once
     */
    static Map<String, StoredDigest> read(String name, InputStream in, Backup backup) throws IOException {
        MessageDigest digest = StoredDigest.begin();
        var counted = new BufferedInputStream(new DigestInputStream(in, digest));
        var lines = new Lines(name, counted);
        JsonObject head = lines.next();
        head.requireFormat();
        if (!head.text("backup").equals(backup.id().toString())) {
            throw corrupt(name, "it is the list of backup " + head.text("backup"));
        }
        var packs = new HashMap<String, StoredDigest>();
        for (int i = 0; i < backup.packs(); i++) {
            JsonObject line = lines.next();
            StoredDigest stored = StoredDigest.read(line, "length", "sha256");
            if (packs.put(line.text("pack"), stored) != null) {
                throw corrupt(name, "it lists pack " + line.text("pack") + " twice");
            }
        }
        if (counted.read() >= 0) {
            throw corrupt(name, "it lists more than the " + backup.packs() + " packs of the backup");
        }
        StoredDigest read = StoredDigest.of(lines.bytes, digest);
        if (!read.equals(backup.packList())) {
            throw corrupt(name, "it should have " + backup.packList() + ", and has " + read);
        }
        return packs;
    }

    private static final class Lines {
        private final String name;
        private final InputStream in;
        private long bytes;

        Lines(String name, InputStream in) {
            this.name = name;
            this.in = in;
        }

        JsonObject next() throws IOException {
            var line = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0 || line.size() == LONGEST_LINE) {
                    throw corrupt(
                            name,
                            b < 0
                                    ? "it ends after \"" + line.toString(StandardCharsets.UTF_8) + "\""
                                    : "it has a line of more than " + LONGEST_LINE + " bytes");
                }
                line.write(b);
            }
            bytes += line.size() + 1L;
            return JsonObject.parse(name, line.toByteArray());
        }
    }

    private static IntegrityException corrupt(String name, String why) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + name + "\" is damaged")
                .detail(why)
                .integrity();
    }
}
