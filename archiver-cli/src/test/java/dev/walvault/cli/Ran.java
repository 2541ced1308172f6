package dev.walvault.cli;

/** What one run of the program left. */
public record Ran(int status, String out, String err) {}
