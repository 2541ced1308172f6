package dev.walvault.cli.toml;

/** A text is not TOML. The message says what is expected; it quotes no value, which may be a password. */
public final class TomlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    TomlException(String message, Position position) {
        super(message);
        this.line = position.line();
        this.column = position.column();
    }

    public Position position() {
        return new Position(line, column);
    }
}
