package dev.walvault.pg.link;

import dev.walvault.FileTrouble;
import dev.walvault.Presence;
import dev.walvault.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A {@code .pgpass}: lines of host, port, database, user and password, of which the first that fits counts. */
final class PasswordFile {
    private static final Set<PosixFilePermission> OF_THE_OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private static final int FIELDS = 5;
    private static final String ANY = "*";

    private final Path path;

    PasswordFile(Path path) {
        this.path = path;
    }

    /**
     * The password for this connection. A file that others than its owner can use is passed over with a warning, as
     * libpq does; one that is not there, without.
     *
     * @param hosts the names by which the file may know the host
     */
    Optional<Secret> find(List<String> hosts, int port, String database, String user, Consumer<String> warnings) {
        for (String line : lines(warnings)) {
            if (line.startsWith("#")) {
                continue;
            }
            List<String> fields = fields(line);
            if (fields.size() == FIELDS
                    && hosts.stream().anyMatch(host -> matches(fields.get(0), host))
                    && matches(fields.get(1), Integer.toString(port))
                    && matches(fields.get(2), database)
                    && matches(fields.get(3), user)) {
                return Optional.of(new Secret(fields.get(4)));
            }
        }
        return Optional.empty();
    }

    private List<String> lines(Consumer<String> warnings) {
        try {
            if (!Presence.exists(path)) {
                return List.of();
            }
            if (!Files.isRegularFile(path)) {
                warnings.accept("password file \"" + path + "\" is not used: it is no regular file");
                return List.of();
            }
            if (!OF_THE_OWNER.containsAll(Files.getPosixFilePermissions(path))) {
                warnings.accept("password file \"" + path
                        + "\" is not used: its group or others have access to it; chmod 600 \"" + path + "\"");
                return List.of();
            }
            return Files.readAllLines(path);
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            warnings.accept("password file \"" + path + "\" is not used: " + FileTrouble.reason(e));
            return List.of();
        }
    }

    private static boolean matches(String field, String value) {
        return field.equals(ANY) || unescaped(field).equals(value);
    }

    /** The last field has the rest of the line, colons and all. */
    private static List<String> fields(String line) {
        var fields = new ArrayList<String>();
        int begin = 0;
        for (int i = 0; i < line.length() && fields.size() < FIELDS - 1; i++) {
            if (line.charAt(i) == '\\') {
                i++;
            } else if (line.charAt(i) == ':') {
                fields.add(line.substring(begin, i));
                begin = i + 1;
            }
        }
        fields.add(unescaped(line.substring(begin)));
        return fields;
    }

    /** A backslash stands before a colon or a backslash that belongs to the value. */
    private static String unescaped(String field) {
        var text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 1 < field.length()) {
                i++;
            }
            text.append(field.charAt(i));
        }
        return text.toString();
    }
}
