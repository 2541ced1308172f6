package dev.walvault.cli.toml;

/** What a key stands for, and where it begins. */
public sealed interface TomlValue permits TomlTable, TomlArray, TomlValue.Scalar {
    Position position();

    /** Its type as a sentence names it: {@code a string}. */
    String what();

    /** A value that contains no others. */
    sealed interface Scalar extends TomlValue {}

    record Text(String text, Position position) implements Scalar {
        @Override
        public String what() {
            return "a string";
        }
    }

    record Whole(long number, Position position) implements Scalar {
        @Override
        public String what() {
            return "an integer";
        }
    }

    record Fraction(double number, Position position) implements Scalar {
        @Override
        public String what() {
            return "a float";
        }
    }

    record Truth(boolean value, Position position) implements Scalar {
        @Override
        public String what() {
            return "a boolean";
        }
    }

    /** A date, a time or both, with or without an offset: as it was written. */
    record Time(String text, Position position) implements Scalar {
        @Override
        public String what() {
            return "a date or time";
        }
    }
}
