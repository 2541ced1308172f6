package dev.walvault.cli.toml;

/** A value without quotes and brackets: a number, true or false, a date or a time. */
final class TomlWord {
    private final String word;
    private final Position position;

    private TomlWord(String word, Position position) {
        this.word = word;
        this.position = position;
    }

    /** The one that begins here. */
    static TomlValue read(TomlCursor cursor) throws TomlException {
        Position position = cursor.position();
        int begin = cursor.mark();
        skipWord(cursor);
        if (TomlTimes.isDate(cursor.from(begin)) && cursor.next() == ' ' && isDigit(cursor.next(1))) {
            cursor.skip(1);
            skipWord(cursor);
        }
        return new TomlWord(cursor.from(begin), position).value();
    }

    private static void skipWord(TomlCursor cursor) {
        int c = cursor.next();
        while (isDigit(c) || isLetter(c) || c == '_' || c == '.' || c == '+' || c == '-' || c == ':') {
            cursor.skip(1);
            c = cursor.next();
        }
    }

    private TomlValue value() throws TomlException {
        switch (word) {
            case "true", "false" -> {
                return new TomlValue.Truth(word.equals("true"), position);
            }
            case "inf", "+inf" -> {
                return new TomlValue.Fraction(Double.POSITIVE_INFINITY, position);
            }
            case "-inf" -> {
                return new TomlValue.Fraction(Double.NEGATIVE_INFINITY, position);
            }
            case "nan", "+nan", "-nan" -> {
                return new TomlValue.Fraction(Double.NaN, position);
            }
            default -> {
                // begins with a digit or a sign, if it is any
            }
        }
        if (word.isEmpty() || isLetter(word.charAt(0))) {
            throw new TomlException("expected a value; a string is written in quotes", position);
        }
        if (word.startsWith("0x")) {
            return whole(2, 16);
        }
        if (word.startsWith("0o")) {
            return whole(2, 8);
        }
        if (word.startsWith("0b")) {
            return whole(2, 2);
        }
        if (TomlTimes.isTime(word)) {
            return new TomlValue.Time(word, position);
        }
        return decimal();
    }

    private TomlValue decimal() throws TomlException {
        int begin = isSign(at(0)) ? 1 : 0;
        int end = afterDigits(begin, 10);
        if (at(begin) == '0' && end > begin + 1) {
            throw wrong();
        }
        if (end == word.length()) {
            return whole(begin, 10);
        }
        if (at(end) == '.') {
            end = afterDigits(end + 1, 10);
        }
        if (at(end) == 'e' || at(end) == 'E') {
            end = afterDigits(isSign(at(end + 1)) ? end + 2 : end + 1, 10);
        }
        if (end < word.length()) {
            throw wrong();
        }
        return new TomlValue.Fraction(Double.parseDouble(word.replace("_", "")), position);
    }

    private TomlValue whole(int begin, int radix) throws TomlException {
        if (afterDigits(begin, radix) < word.length()) {
            throw wrong();
        }
        String sign = radix == 10 && at(0) == '-' ? "-" : "";
        try {
            return new TomlValue.Whole(
                    Long.parseLong(sign + word.substring(begin).replace("_", ""), radix), position);
        } catch (NumberFormatException _) {
            throw new TomlException("expected a number of at most 64 bits", position);
        }
    }

    /** Where the digits end that begin here: one at least, and no underscore but between two of them. */
    private int afterDigits(int begin, int radix) throws TomlException {
        int end = begin;
        while (isDigit(at(end), radix) || (at(end) == '_' && end > begin && isDigit(at(end + 1), radix))) {
            end++;
        }
        if (end == begin) {
            throw wrong();
        }
        return end;
    }

    private int at(int index) {
        return index < word.length() ? word.charAt(index) : TomlCursor.END;
    }

    private TomlException wrong() {
        return new TomlException("expected a number, a date or a time; a string is written in quotes", position);
    }

    private static boolean isSign(int c) {
        return c == '+' || c == '-';
    }

    private static boolean isDigit(int c, int radix) {
        return c >= 0 && c < 0x7F && Character.digit(c, radix) >= 0;
    }

    private static boolean isDigit(int c) {
        return isDigit(c, 10);
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
