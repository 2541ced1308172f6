package dev.walvault.host;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Which of the liberties a power failure takes that a file system has. The first ones are the worst in one respect
 * each, the others are drawn from seeds.
 */
public final class Loss {
    private final String name;
    private final Names names;
    private final Content content;
    private final boolean backwards;
    private final SplittableRandom random;

    private enum Names {
        SYNCED,
        SYNCED_BUT_LAST,
        LATEST,
        FEWEST,
        MOST,
        DRAWN
    }

    private enum Content {
        FORCED,
        ZEROS,
        LATEST,
        DRAWN
    }

    private Loss(String name, Names names, Content content, boolean backwards, long seed) {
        this.name = name;
        this.names = names;
        this.content = content;
        this.backwards = backwards;
        this.random = new SplittableRandom(seed);
    }

    /** A process that is killed loses nothing that it had done. */
    public static Loss nothing() {
        return new Loss("nothing is lost", Names.LATEST, Content.LATEST, false, 0);
    }

    /** How many kinds there are, {@link #number numbered} from 0 on. */
    public static final int KINDS = 13;

    /** Always the same for the same number. */
    public static Loss number(int number) {
        return switch (number) {
            case 0 -> loss("all is lost that was not forced", Names.SYNCED, Content.FORCED);
            case 1 -> loss("the last change is there, those before it are not", Names.SYNCED_BUT_LAST, Content.FORCED);
            case 2 -> new Loss("all is lost that was not forced, from behind", Names.SYNCED, Content.FORCED, true, 0);
            case 3 -> loss("names are there, content is not", Names.LATEST, Content.FORCED);
            case 4 -> loss("names are there, content is zeros", Names.LATEST, Content.ZEROS);
            case 5 -> loss("content is there, names are not", Names.SYNCED, Content.LATEST);
            case 6 -> loss("what was removed is gone, what was made as well", Names.FEWEST, Content.FORCED);
            case 7 -> loss("what was removed is there, what was made as well", Names.MOST, Content.FORCED);
            default -> new Loss("drawn by seed " + number, Names.DRAWN, Content.DRAWN, number % 2 == 0, number);
        };
    }

    private static Loss loss(String name, Names names, Content content) {
        return new Loss(name, names, content, false, 0);
    }

    /** Whether names are gone through from behind: it decides where a directory is that has two. */
    boolean isBackwards() {
        return backwards;
    }

    /**
     * Which inode has a name: it was {@code synced}, and became {@code latest}; each may be none.
     *
     * @param last whether it was the last one to change
     */
    Optional<Inode> pick(Optional<Inode> synced, Optional<Inode> latest, boolean last) {
        return switch (names) {
            case SYNCED -> synced;
            case SYNCED_BUT_LAST -> last ? latest : synced;
            case LATEST -> latest;
            case FEWEST -> synced.isEmpty() ? synced : latest;
            case MOST -> latest.isEmpty() ? synced : latest;
            case DRAWN -> random.nextBoolean() ? synced : latest;
        };
    }

    /** Whether what was renamed is in its new place. */
    boolean hasMoved(boolean last) {
        return switch (names) {
            case SYNCED, FEWEST -> false;
            case SYNCED_BUT_LAST -> last;
            case LATEST, MOST -> true;
            case DRAWN -> random.nextBoolean();
        };
    }

    /** Which content a file has: the one that was {@code forced}, or some or all of what became of it. */
    byte[] pick(byte[] forced, byte[] latest) {
        if (Arrays.equals(forced, latest)) {
            return forced;
        }
        return switch (content) {
            case FORCED -> forced;
            case LATEST -> latest;
            case ZEROS -> new byte[latest.length];
            case DRAWN ->
                switch (random.nextInt(4)) {
                    case 0 -> forced;
                    case 1 -> latest;
                    case 2 -> Arrays.copyOf(latest, random.nextInt(latest.length + 1));
                    default -> Arrays.copyOf(Arrays.copyOf(latest, random.nextInt(latest.length + 1)), latest.length);
                };
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
