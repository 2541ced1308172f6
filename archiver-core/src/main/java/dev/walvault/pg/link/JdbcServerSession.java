package dev.walvault.pg.link;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.PostgresException;
import dev.walvault.Retry;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.WalSegmentSize;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;

/** A session over PostgreSQL's JDBC driver. */
public final class JdbcServerSession implements ServerSession {
    /** "walvault" in ASCII: the key of the advisory lock that one backup of a server holds. */
    private static final long BACKUP_LOCK = 0x77616c7661756c74L;

    private static final int CONNECT_SECONDS = 10;

    private final ServerAddress address;
    private final Connection connection;
    private final PgMajor major;

    private JdbcServerSession(ServerAddress address, Connection connection, PgMajor major) {
        this.address = address;
        this.connection = connection;
        this.major = major;
    }

    /**
     * Connects, and checks the server's version.
     *
     * @throws PostgresException POSTGRES_UNREACHABLE, POSTGRES_REFUSED, or POSTGRES_VERSION for one that is too old
     */
    public static JdbcServerSession connect(ServerAddress address) throws PostgresException {
        var properties = new Properties();
        properties.setProperty("user", address.user());
        address.password().ifPresent(password -> properties.setProperty("password", password.reveal()));
        properties.setProperty("ApplicationName", "walvault");
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", String.valueOf(CONNECT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        // a few statements in all: preparing them on the server would only cost round trips
        properties.setProperty("prepareThreshold", "0");
        String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
        String url = "jdbc:postgresql://" + host + ":" + address.port() + "/" + address.database();
        try {
            Connection connection = new Driver().connect(url, properties);
            if (connection == null) {
                throw new IllegalStateException("the JDBC driver does not take its own URL");
            }
            return open(address, connection);
        } catch (SQLException e) {
            boolean answered = e.getSQLState() != null && !e.getSQLState().startsWith("08");
            throw Fault.of(
                            answered ? ErrorCode.POSTGRES_REFUSED : ErrorCode.POSTGRES_UNREACHABLE,
                            "could not connect to the server at " + address.host() + ":" + address.port()
                                    + " as user \"" + address.user() + "\"")
                    .detail(String.valueOf(e.getMessage()))
                    .hint(
                            "Check the [postgres] section of the configuration, pg_hba.conf, and that the server listens on TCP.")
                    .retry(Retry.UNKNOWN)
                    .cause(e)
                    .postgres();
        }
    }

    private static JdbcServerSession open(ServerAddress address, Connection connection)
            throws SQLException, PostgresException {
        try (PreparedStatement statement = connection.prepareStatement("SHOW server_version_num");
                ResultSet result = statement.executeQuery()) {
            result.next();
            PgMajor major = PgMajor.fromServerVersionNum(result.getInt(1));
            return new JdbcServerSession(address, connection, major);
        } catch (SQLException | PostgresException e) {
            connection.close();
            throw e;
        }
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> T one(String sql, Reader<T> reader, Object... arguments) throws PostgresException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return reader.read(result);
            }
        } catch (SQLException e) {
            throw refused(sql, e);
        }
    }

    private PostgresException refused(String sql, SQLException e) {
        boolean lost = e.getSQLState() == null
                || e.getSQLState().startsWith("08")
                || e.getSQLState().startsWith("57P");
        var fault = lost
                ? Fault.of(
                        ErrorCode.POSTGRES_UNREACHABLE,
                        "lost the connection to the server at " + address.host() + ":" + address.port())
                : Fault.of(ErrorCode.POSTGRES_REFUSED, "the server refused \"" + sql + "\"");
        if ("42501".equals(e.getSQLState())) {
            fault = fault.hint(
                    "Let user \"" + address.user()
                            + "\" do it: a superuser may, or one with EXECUTE on these functions and membership in pg_monitor.");
        }
        return fault.detail(String.valueOf(e.getMessage())).cause(e).postgres();
    }

    @Override
    public ServerFacts facts() throws PostgresException {
        return one(
                """
                SELECT s.system_identifier, current_setting('server_version_num')::int, pg_is_in_recovery(),
                       (SELECT timeline_id FROM pg_control_checkpoint()),
                       current_setting('data_directory'), current_setting('wal_level'),
                       current_setting('archive_mode'), current_setting('server_version'),
                       s.catalog_version_no, i.database_block_size, i.blocks_per_segment, i.wal_block_size,
                       i.bytes_per_wal_segment, current_setting('data_checksums')
                  FROM pg_control_system() s, pg_control_init() i""",
                row -> new ServerFacts(
                        new SystemIdentifier(row.getLong(1)),
                        row.getString(8),
                        row.getInt(2),
                        row.getBoolean(3),
                        new TimelineId(row.getInt(4)),
                        Path.of(row.getString(5)),
                        row.getString(6),
                        row.getString(7),
                        new ServerFiles(
                                row.getInt(9),
                                row.getInt(10),
                                row.getInt(11),
                                row.getInt(12),
                                new WalSegmentSize(row.getInt(13)),
                                DataChecksums.ofSetting(row.getString(14)))));
    }

    @Override
    public Optional<String> tryLockBackups() throws PostgresException {
        boolean locked = one("SELECT pg_try_advisory_lock(?)", row -> row.getBoolean(1), BACKUP_LOCK);
        if (locked) {
            return Optional.empty();
        }
        return Optional.of(one("""
                SELECT coalesce((SELECT 'process ' || a.pid || ' of the server, connected from '
                                        || coalesce(host(a.client_addr), 'the host itself') || ' since ' || a.backend_start
                                   FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                                  WHERE l.locktype = 'advisory' AND l.granted
                                    AND (l.classid::bigint << 32 | l.objid::bigint) = ? LIMIT 1),
                                'unknown')""", row -> row.getString(1), BACKUP_LOCK));
    }

    private boolean hasOldNames() {
        return major.compareTo(PgMajor.V15) < 0;
    }

    @Override
    public StartedBackup startBackup(String label, boolean fastCheckpoint) throws PostgresException {
        Instant now = clock();
        String sql = hasOldNames() ? "SELECT pg_start_backup(?, ?, false)" : "SELECT pg_backup_start(?, ?)";
        Lsn start = one(sql, row -> Lsn.parse(row.getString(1)), label, fastCheckpoint);
        return new StartedBackup(start, now);
    }

    @Override
    public StoppedBackup stopBackup() throws PostgresException {
        String sql = hasOldNames()
                ? "SELECT lsn, labelfile, spcmapfile FROM pg_stop_backup(false, false)"
                : "SELECT lsn, labelfile, spcmapfile FROM pg_backup_stop(false)";
        record Row(Lsn lsn, String label, String map) {}
        Row stopped = one(sql, row -> {
            String map = row.getString(3);
            return new Row(Lsn.parse(row.getString(1)), row.getString(2), map == null ? "" : map);
        });
        TransactionSnapshot snapshot =
                one("SELECT pg_current_snapshot()::text", row -> TransactionSnapshot.parse(row.getString(1)));
        return new StoppedBackup(stopped.lsn, stopped.label, stopped.map, clock(), snapshot);
    }

    private Instant clock() throws PostgresException {
        return one(
                "SELECT clock_timestamp()",
                row -> row.getObject(1, OffsetDateTime.class).toInstant());
    }

    @Override
    public CreatedRestorePoint createRestorePoint(String name) throws PostgresException {
        Lsn lsn = one("SELECT pg_create_restore_point(?)", row -> Lsn.parse(row.getString(1)), name);
        TimelineId timeline = one(
                "SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)",
                row -> TimelineId.parseHex(row.getString(1)));
        return new CreatedRestorePoint(lsn, timeline, clock());
    }

    @Override
    public void switchWal() throws PostgresException {
        one("SELECT pg_switch_wal()", row -> row.getString(1));
    }

    @Override
    public DataChecksums dataChecksums() throws PostgresException {
        return one("SHOW data_checksums", row -> DataChecksums.ofSetting(row.getString(1)));
    }

    @Override
    public long estimateBytes() throws PostgresException {
        return one("SELECT coalesce(sum(pg_database_size(oid)), 0) FROM pg_database", row -> row.getLong(1));
    }

    @Override
    public Optional<String> archiverTrouble() throws PostgresException {
        return one("""
                SELECT CASE WHEN last_failed_time > coalesce(last_archived_time, '-infinity')
                            THEN 'the archiver failed ' || failed_count || ' times, the last time with '
                                 || last_failed_wal || ' at ' || last_failed_time END
                  FROM pg_stat_archiver""", row -> Optional.ofNullable(row.getString(1)));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException _) {
            // the session is gone either way
        }
    }
}
