package dev.walvault.host;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Which of the liberties a power failure takes that a file system has. The first ones are the worst in one respect each, the
 * others are drawn from seeds.
 */
public final class Loss {
    private final String name;
    private final Names names;
    private final Content content;
    private final boolean backwards;
    private final SplittableRandom random;

    private enum Names {
        SYNCED,
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
    public static final int KINDS = 12;

    /** Always the same for the same number. */
    public static Loss number(int number) {
        return switch (number) {
            case 0 -> new Loss("all is lost that was not forced", Names.SYNCED, Content.FORCED, false, 0);
            case 1 -> new Loss("the same, from behind", Names.SYNCED, Content.FORCED, true, 0);
            case 2 -> new Loss("names are there, content is not", Names.LATEST, Content.FORCED, false, 0);
            case 3 -> new Loss("names are there, content is zeros", Names.LATEST, Content.ZEROS, false, 0);
            case 4 -> new Loss("content is there, names are not", Names.SYNCED, Content.LATEST, false, 0);
            case 5 ->
                new Loss("what was removed is gone, what was made as well", Names.FEWEST, Content.FORCED, false, 0);
            case 6 ->
                new Loss("what was removed is there, what was made as well", Names.MOST, Content.FORCED, false, 0);
            default -> new Loss("drawn by seed " + number, Names.DRAWN, Content.DRAWN, number % 2 == 0, number);
        };
    }

    /** Whether names are gone through from behind: it decides where a directory is that has two. */
    boolean isBackwards() {
        return backwards;
    }

    /** Which inode has a name: it was {@code synced}, and became {@code latest}; each may be none. */
    Optional<Inode> pick(Optional<Inode> synced, Optional<Inode> latest) {
        return switch (names) {
            case SYNCED -> synced;
            case LATEST -> latest;
            case FEWEST -> synced.isEmpty() ? synced : latest;
            case MOST -> latest.isEmpty() ? synced : latest;
            case DRAWN -> random.nextBoolean() ? synced : latest;
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
