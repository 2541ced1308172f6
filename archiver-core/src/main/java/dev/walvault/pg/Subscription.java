package dev.walvault.pg;

/** A subscription of logical replication, as {@code pg_subscription} has it. */
public record Subscription(String database, String name, boolean enabled) {}
