package dev.walvault.cli.toml;

/** Where something begins in a text; lines and columns are counted from 1, columns in characters. */
public record Position(int line, int column) {}
