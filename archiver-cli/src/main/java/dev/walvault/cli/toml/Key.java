package dev.walvault.cli.toml;

/** One part of a key, and where it stands. */
record Key(String name, Position position) {}
