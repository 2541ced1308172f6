package dev.walvault.pg;

/**
 * Whether the pages of a server have checksums. Since version 19 they can be switched while it runs, which takes a
 * while: then they are written already, or still, and not every page has one.
 */
public enum DataChecksums {
    OFF("off"),
    ON("on"),
    SWITCHING_OFF("inprogress-off"),
    SWITCHING_ON("inprogress-on"),
    /** A state that no known version has. */
    UNKNOWN("unknown");

    private final String text;

    DataChecksums(String text) {
        this.text = text;
    }

    /** Reads {@code data_checksum_version} of the control file: ChecksumStateType of {@code checksum.h}. */
    public static DataChecksums ofVersion(int version) {
        return switch (version) {
            case 0 -> OFF;
            case 1 -> ON;
            case 2 -> SWITCHING_OFF;
            case 3 -> SWITCHING_ON;
            default -> UNKNOWN;
        };
    }

    /** Reads the setting {@code data_checksums}. */
    public static DataChecksums ofSetting(String setting) {
        for (var state : values()) {
            if (state.text.equals(setting)) {
                return state;
            }
        }
        return UNKNOWN;
    }

    /** As the setting {@code data_checksums} has it. */
    @Override
    public String toString() {
        return text;
    }
}
