package dev.walvault.vault;

/** Where a tablespace was on the server that was backed up. */
public record TablespaceLocation(long oid, String location) {}
