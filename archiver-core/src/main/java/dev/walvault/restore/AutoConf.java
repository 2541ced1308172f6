package dev.walvault.restore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.walvault.FileNames;
import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code postgresql.auto.conf}: what was in it stays, but for the traces of earlier recoveries. */
final class AutoConf {
    static final String NAME = "postgresql.auto.conf";

    private static final String OURS = "# restored by walvault";

    private static final Pattern SETTING = Pattern.compile(
            "\\s*([A-Za-z_][A-Za-z0-9_$]*(?:\\.[A-Za-z_][A-Za-z0-9_$]*)?)(?:\\s*=|\\s).*", Pattern.DOTALL);

    /** What {@code pg_basebackup -R} leaves: of use to a standby only. */
    private static final Set<String> OF_STANDBYS = Set.of("primary_conninfo", "primary_slot_name");

    private AutoConf() {}

    /**
     * The new content.
     *
     * @param former content; bytes that are no text are kept as they are
     * @param comment for people, one line
     */
    static byte[] rewritten(byte[] former, String comment, Map<String, String> settings, RecoverySettings.Role role) {
        var stale = new HashSet<>(settings.keySet());
        if (role == RecoverySettings.Role.PRIMARY) {
            stale.addAll(OF_STANDBYS);
        }
        var out = new ByteArrayOutputStream();
        for (String line : new String(former, ISO_8859_1).split("\r?\n", -1)) {
            if (!line.isEmpty() && !line.startsWith(OURS) && !isStale(line, stale)) {
                out.writeBytes((line + "\n").getBytes(ISO_8859_1));
            }
        }
        var ours = new StringBuilder(OURS)
                .append(' ')
                .append(comment.replaceAll("\\R", " "))
                .append('\n');
        settings.forEach((name, value) ->
                ours.append(name).append(" = ").append(quoted(value)).append('\n'));
        out.writeBytes(FileNames.encode(ours.toString()));
        return out.toByteArray();
    }

    private static boolean isStale(String line, Set<String> stale) {
        var match = SETTING.matcher(line);
        if (!match.matches()) {
            return false;
        }
        return stale.contains(match.group(1).toLowerCase(Locale.ROOT));
    }

    /** As the lexer of {@code guc-file.l} reads it: no line may end inside of a string. */
    private static String quoted(String value) {
        return "'"
                + value.replace("\\", "\\\\")
                        .replace("'", "''")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + "'";
    }
}
