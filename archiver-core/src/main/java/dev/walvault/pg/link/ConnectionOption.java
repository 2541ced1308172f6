package dev.walvault.pg.link;

import java.util.Optional;
import java.util.stream.Stream;

/** What can be said about a connection. The meaning of each is that of libpq's parameter. */
public enum ConnectionOption {
    HOST("host"),
    PORT("port"),
    USER("user"),
    DATABASE("dbname"),
    PASSWORD("password"),
    PASSFILE("passfile"),
    SSLMODE("sslmode"),
    SSLROOTCERT("sslrootcert"),
    SSLCERT("sslcert"),
    SSLKEY("sslkey"),
    REQUIRE_AUTH("require_auth"),
    CONNECT_TIMEOUT("connect_timeout");

    private final String keyword;

    ConnectionOption(String keyword) {
        this.keyword = keyword;
    }

    /** As it is called in a service file. */
    String keyword() {
        return keyword;
    }

    static Optional<ConnectionOption> find(String keyword) {
        return Stream.of(values()).filter(each -> each.keyword.equals(keyword)).findFirst();
    }
}
