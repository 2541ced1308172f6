package dev.walvault.pg;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds pages of a relation, known by its name in a database's directory (GetRelationPath of
 * {@code relpath.c}): {@code 16384}, {@code 16384.1}, {@code 16384_fsm}, {@code t3_16384}.
 *
 * <p>An unlogged relation is one whose number has an {@link Fork#INIT} file in the same directory; only that file of it
 * belongs in a backup.
 *
 * @param relationNumber the relfilenumber, from 1 to 4294967295
 * @param segment counts the files of a fork from 0
 * @param temporary whether it belongs to a session's temporary relation, which no backup needs
 */
public record RelationFile(long relationNumber, Fork fork, int segment, boolean temporary) {
    private static final Pattern NAME =
            Pattern.compile("(t[0-9]{1,10}_)?([1-9][0-9]{0,9})(?:_(fsm|vm|init))?(?:\\.([1-9][0-9]{0,8}))?");

    /** ForkNumber of {@code relpath.h}. */
    public enum Fork {
        MAIN(""),
        FREE_SPACE_MAP("_fsm"),
        VISIBILITY_MAP("_vm"),
        INIT("_init");

        private final String suffix;

        Fork(String suffix) {
            this.suffix = suffix;
        }

        /** What follows the number in a file name: empty for the main fork. */
        public String suffix() {
            return suffix;
        }
    }

    public RelationFile {
        if (relationNumber < 1 || relationNumber > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("invalid relation file number " + relationNumber);
        }
        if (segment < 0) {
            throw new IllegalArgumentException("invalid segment " + segment + " of relation file " + relationNumber);
        }
    }

    /** What the name says, or nothing if no relation has a file of this name ({@code PG_VERSION}). */
    public static Optional<RelationFile> of(String fileName) {
        var match = NAME.matcher(fileName);
        if (!match.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(match.group(2));
        if (number > 0xFFFF_FFFFL) {
            return Optional.empty();
        }
        var fork = fork(match.group(3));
        int segment = match.group(4) == null ? 0 : Integer.parseInt(match.group(4));
        return Optional.of(new RelationFile(number, fork, segment, match.group(1) != null));
    }

    /**
     * The number of this file's first page within its fork.
     *
     * @param blocksPerSegment as {@link ControlFileData#blocksPerRelationSegment} says
     */
    public long firstBlock(int blocksPerSegment) {
        return (long) segment * blocksPerSegment;
    }

    private static Fork fork(@Nullable String name) {
        return switch (name) {
            case null -> Fork.MAIN;
            case "fsm" -> Fork.FREE_SPACE_MAP;
            case "vm" -> Fork.VISIBILITY_MAP;
            case "init" -> Fork.INIT;
            default -> throw new IllegalArgumentException("unknown fork \"" + name + "\"");
        };
    }
}
