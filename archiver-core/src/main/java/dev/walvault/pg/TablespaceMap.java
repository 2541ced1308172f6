package dev.walvault.pg;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a backup's tablespaces are: a {@code tablespace_map}, one line with OID and path for each, in the server's
 * order (do_pg_backup_start of {@code xlog.c}, read_tablespace_map of {@code xlogrecovery.c}). A backslash stands
 * before a line feed, carriage return or backslash that belongs to the path.
 */
public record TablespaceMap(Map<Long, String> locations) {
    public static final TablespaceMap EMPTY = new TablespaceMap(Map.of());

    public TablespaceMap {
        locations = Collections.unmodifiableMap(new LinkedHashMap<>(locations));
        locations.forEach((oid, path) -> {
            if (oid < 1 || oid > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("invalid tablespace OID " + oid);
            }
            if (path.isEmpty() || path.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("invalid location of tablespace " + oid);
            }
        });
    }

    /**
     * Reads the text that the server gave for the map; empty text is an empty map.
     *
     * @throws IntegrityException (CORRUPT) if a line is malformed or the last one is not ended
     */
    public static TablespaceMap parse(String text) throws IntegrityException {
        var locations = new LinkedHashMap<Long, String>();
        var line = new StringBuilder();
        boolean escaped = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!escaped && (c == '\n' || c == '\r')) {
                if (!line.isEmpty()) {
                    add(locations, line.toString());
                    line.setLength(0);
                }
            } else if (!escaped && c == '\\') {
                escaped = true;
            } else {
                line.append(c);
                escaped = false;
            }
        }
        if (!line.isEmpty() || escaped) {
            throw bad("its last line is cut short");
        }
        return new TablespaceMap(locations);
    }

    public boolean isEmpty() {
        return locations.isEmpty();
    }

    /**
     * This map with other locations for some of its tablespaces.
     *
     * @throws IllegalArgumentException if one of them is not in the map
     */
    public TablespaceMap withLocations(Map<Long, String> moved) {
        var locations = new LinkedHashMap<>(this.locations);
        moved.forEach((oid, path) -> {
            if (locations.replace(oid, path) == null) {
                throw new IllegalArgumentException("there is no tablespace " + oid + " in the tablespace map");
            }
        });
        return new TablespaceMap(locations);
    }

    /** The text of the file. {@code parse(map.toString())} equals {@code map}. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        locations.forEach((oid, path) -> {
            text.append(oid.longValue()).append(' ');
            path.chars().forEach(c -> {
                if (c == '\n' || c == '\r' || c == '\\') {
                    text.append('\\');
                }
                text.append((char) c);
            });
            text.append('\n');
        });
        return text.toString();
    }

    private static void add(Map<Long, String> locations, String line) throws IntegrityException {
        int space = line.indexOf(' ');
        if (space < 1 || space == line.length() - 1) {
            throw bad("no OID and path in line \"" + line + "\"");
        }
        long oid;
        try {
            oid = Integer.toUnsignedLong(Integer.parseUnsignedInt(line.substring(0, space)));
        } catch (NumberFormatException e) {
            throw bad("invalid OID in line \"" + line + "\"");
        }
        if (oid == 0 || locations.putIfAbsent(oid, line.substring(space + 1)) != null) {
            throw bad("OID " + oid + " is " + (oid == 0 ? "no tablespace" : "there twice"));
        }
    }

    private static IntegrityException bad(String why) {
        return Fault.of(ErrorCode.CORRUPT, "tablespace map cannot be used: " + why)
                .integrity();
    }
}
