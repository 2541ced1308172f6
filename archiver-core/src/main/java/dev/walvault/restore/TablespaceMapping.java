package dev.walvault.restore;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.vault.TablespaceLocation;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where tablespaces go: each {@code OLD=NEW} moves one, with the old path or the OID on the left; {@code all} has a
 * directory for each of the others, named by its OID. What is mapped by neither goes where the server of the same
 * directory has it, by {@code served}, and otherwise stays in its old place.
 */
public record TablespaceMapping(Map<String, Path> moved, Optional<Path> all, Map<Long, Path> served) {
    public static final TablespaceMapping NONE = new TablespaceMapping(Map.of(), Optional.empty(), Map.of());

    public TablespaceMapping {
        moved = Map.copyOf(moved);
        served = Map.copyOf(served);
    }

    /** The same, for a directory whose server has its tablespaces in these places, by OID. */
    public TablespaceMapping servedAt(Map<Long, Path> places) {
        return new TablespaceMapping(moved, all, places);
    }

    /**
     * Reads entries as a command line gives them; a backslash stands before an equals sign that belongs to a path, as
     * for {@code pg_basebackup}.
     *
     * @throws ConfigurationException USAGE if one cannot be meant
     */
    public static TablespaceMapping parse(List<String> entries, Optional<String> all) throws ConfigurationException {
        var moved = new LinkedHashMap<String, Path>();
        for (String entry : entries) {
            String[] sides = entry.split("(?<!\\\\)=", -1);
            if (sides.length != 2 || sides[0].isEmpty()) {
                throw usage(
                        "invalid tablespace mapping \"" + entry + "\"",
                        "Expected OLD=NEW; an equals sign within a path is written \\=, or OLD is the OID.");
            }
            String old = sides[0].replace("\\=", "=");
            if (!old.matches("[0-9]+")) {
                old = absolute(old).toString();
            }
            if (moved.putIfAbsent(old, absolute(sides[1].replace("\\=", "="))) != null) {
                throw usage("tablespace \"" + old + "\" is mapped twice", "Give each once.");
            }
        }
        return new TablespaceMapping(
                moved, all.isPresent() ? Optional.of(absolute(all.get())) : Optional.empty(), Map.of());
    }

    /**
     * The new places of those tablespaces of a backup that are moved, by OID.
     *
     * @throws ConfigurationException USAGE if an entry names a tablespace that is not there, or two share a place
     */
    Map<Long, Path> resolve(List<TablespaceLocation> tablespaces) throws ConfigurationException {
        var resolved = new LinkedHashMap<Long, Path>();
        var used = new HashSet<String>();
        for (TablespaceLocation tablespace : tablespaces) {
            for (String name : List.of(String.valueOf(tablespace.oid()), tablespace.location())) {
                Path to = moved.get(name);
                if (to != null && used.add(name)) {
                    resolved.putIfAbsent(tablespace.oid(), to);
                }
            }
            all.ifPresent(directory ->
                    resolved.putIfAbsent(tablespace.oid(), directory.resolve(String.valueOf(tablespace.oid()))));
            Path place = served.get(tablespace.oid());
            if (place != null && !place.equals(FileNames.path(tablespace.location()))) {
                resolved.putIfAbsent(tablespace.oid(), place);
            }
        }
        for (String name : moved.keySet()) {
            if (!used.contains(name)) {
                throw usage(
                        "the backup has no tablespace \"" + name + "\"",
                        tablespaces.isEmpty()
                                ? "It has none at all besides the data directory."
                                : "It has " + known(tablespaces) + ".");
            }
        }
        var places = new HashSet<Path>();
        for (TablespaceLocation tablespace : tablespaces) {
            Path moved = resolved.get(tablespace.oid());
            Path place = moved == null ? former(tablespace) : moved;
            if (!places.add(place)) {
                throw usage("two tablespaces would be restored to \"" + place + "\"", "Give each a place of its own.");
            }
        }
        return resolved;
    }

    private static String known(List<TablespaceLocation> tablespaces) {
        return String.join(
                ", ",
                tablespaces.stream()
                        .map(tablespace -> tablespace.oid() + " at \"" + tablespace.location() + "\"")
                        .toList());
    }

    /** A place that no configuration of a restore could name must at least be named by its OID. */
    private static Path former(TablespaceLocation tablespace) throws ConfigurationException {
        try {
            Path path = FileNames.path(tablespace.location());
            if (path.isAbsolute() && isOneLine(tablespace.location())) {
                return path.normalize();
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw Fault.of(
                        ErrorCode.USAGE,
                        "tablespace " + tablespace.oid() + " cannot be restored to its old place \""
                                + tablespace.location() + "\"")
                .detail("it is not an absolute path in one line")
                .hint("Move it with --tablespace-mapping " + tablespace.oid() + "=NEW or with --tablespace-all.")
                .configuration();
    }

    private static boolean isOneLine(String text) {
        return text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
    }

    private static Path absolute(String text) throws ConfigurationException {
        try {
            Path path = FileNames.path(text);
            if (path.isAbsolute() && isOneLine(text)) {
                return path.normalize();
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw usage("tablespace location \"" + text + "\" is not an absolute path", "Give the whole path.");
    }

    private static ConfigurationException usage(String message, String detail) {
        return Fault.of(ErrorCode.USAGE, message).detail(detail).configuration();
    }
}
