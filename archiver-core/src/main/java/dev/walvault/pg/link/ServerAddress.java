package dev.walvault.pg.link;

import dev.walvault.Secret;
import java.util.Optional;

/**
 * How to connect to the server that is backed up.
 *
 * @param host a name or an address; JDBC speaks TCP only
 */
public record ServerAddress(String host, int port, String user, String database, Optional<Secret> password) {}
