package dev.walvault.pg.link;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.pg.Checkpoint;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.WalSegmentSize;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** A session over PostgreSQL's JDBC driver. */
public final class JdbcServerSession implements ServerSession {
    /** "walvault" in ASCII: the key of the advisory lock that one backup of a server holds. */
    private static final long BACKUP_LOCK = 0x77616c7661756c74L;

    /** After which a server that has said nothing is given up, although its host may be there. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);

    /** For what takes as long as a checkpoint, or as there are files. */
    private static final Duration NO_LIMIT = Duration.ZERO;

    private static final String QUERY_CANCELED = "57014";

    private final ServerAddress address;
    private final Connection connection;
    private final PgMajor major;
    private volatile boolean cancelled;

    private JdbcServerSession(ServerAddress address, Connection connection, PgMajor major) {
        this.address = address;
        this.connection = connection;
        this.major = major;
    }

    /**
     * Connects, and checks the server's version.
     *
     * @throws ArchiverException POSTGRES_UNREACHABLE, POSTGRES_REFUSED, or POSTGRES_VERSION for one that is too old
     * @throws ConfigurationException if a certificate or a key cannot be used
     */
    public static JdbcServerSession connect(ServerAddress address) throws ArchiverException {
        Connection connection = JdbcConnection.open(address);
        try {
            int version = prepare(connection);
            return new JdbcServerSession(address, connection, PgMajor.fromServerVersionNum(version));
        } catch (SQLException e) {
            closeQuietly(connection);
            throw JdbcConnection.failed(address, e);
        } catch (ArchiverException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    /**
     * Makes the session independent of what is set for its user, its database or the whole server, and returns the
     * server's version: no time-out ends it, nobody's functions stand in for the server's, and firewalls see that it is
     * in use.
     */
    private static int prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // first, and by itself: a short one would end what follows
            statement.execute("SET statement_timeout = 0");
            // which of these there are depends on the version
            statement.execute("""
                    SELECT pg_catalog.set_config(name, value, false)
                      FROM (VALUES ('search_path', 'pg_catalog'), ('lock_timeout', '0'), ('transaction_timeout', '0'),
                                   ('idle_session_timeout', '0'), ('idle_in_transaction_session_timeout', '0'),
                                   ('tcp_keepalives_idle', '60'), ('tcp_keepalives_interval', '10'),
                                   ('tcp_keepalives_count', '6')) AS wanted (name, value)
                      JOIN pg_catalog.pg_settings USING (name)""");
            try (ResultSet result = statement.executeQuery("SHOW server_version_num")) {
                result.next();
                return result.getInt(1);
            }
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException _) {
            // the session is gone either way
        }
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** One row, from a server that does not need long for it. */
    private <T> T one(String sql, Reader<T> reader, Object... arguments) throws ArchiverException {
        return one(LONGEST_ANSWER, sql, reader, arguments);
    }

    /** Several threads may ask: one that works, and one that looks whether the session is there. */
    private synchronized <T> T one(Duration longest, String sql, Reader<T> reader, Object... arguments)
            throws ArchiverException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(longest.toMillis()));
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

    private <T> List<T> all(String sql, Reader<T> reader) throws ArchiverException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet result = statement.executeQuery()) {
            var rows = new ArrayList<T>();
            while (result.next()) {
                rows.add(reader.read(result));
            }
            return rows;
        } catch (SQLException e) {
            throw refused(sql, e);
        }
    }

    private ArchiverException refused(String sql, SQLException e) {
        if (cancelled && QUERY_CANCELED.equals(e.getSQLState())) {
            return Fault.of(ErrorCode.CANCELLED, "interrupted").cause(e).lock();
        }
        boolean lost = e.getSQLState() == null
                || e.getSQLState().startsWith("08")
                || e.getSQLState().startsWith("57P");
        var fault = lost
                ? Fault.of(ErrorCode.POSTGRES_UNREACHABLE, "lost the connection to the server at " + address.where())
                : Fault.of(ErrorCode.POSTGRES_REFUSED, "the server refused \"" + sql + "\"");
        if ("42501".equals(e.getSQLState())) {
            fault = fault.hint("User \"" + address.user()
                    + "\" lacks a right. \"walvault doctor\" prints the GRANTs that are needed.");
        }
        return fault.detail(String.valueOf(e.getMessage())).cause(e).postgres();
    }

    @Override
    public ServerFacts facts() throws ArchiverException {
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
                        FileNames.path(row.getString(5)),
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
    public Optional<String> tryLockBackups() throws ArchiverException {
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
                            'unknown')\
            """, row -> row.getString(1), BACKUP_LOCK));
    }

    @Override
    public Checkpoint latestCheckpoint() throws ArchiverException {
        return one(
                "SELECT checkpoint_lsn::text, checkpoint_time FROM pg_control_checkpoint()",
                row -> new Checkpoint(
                        Lsn.parse(row.getString(1)),
                        row.getObject(2, OffsetDateTime.class).toInstant()));
    }

    private boolean hasOldNames() {
        return major.compareTo(PgMajor.V15) < 0;
    }

    @Override
    public StartedBackup startBackup(String label, boolean fastCheckpoint) throws ArchiverException {
        Instant now = clock();
        String sql = hasOldNames() ? "SELECT pg_start_backup(?, ?, false)" : "SELECT pg_backup_start(?, ?)";
        Lsn start = one(NO_LIMIT, sql, row -> Lsn.parse(row.getString(1)), label, fastCheckpoint);
        return new StartedBackup(start, now);
    }

    @Override
    public StoppedBackup stopBackup() throws ArchiverException {
        String sql = "SELECT lsn, " + bytesOf("labelfile") + ", " + bytesOf("spcmapfile") + " FROM "
                + (hasOldNames() ? "pg_stop_backup(false, false)" : "pg_backup_stop(false)");
        record Row(Lsn lsn, String label, String map) {}
        Row stopped = one(
                NO_LIMIT,
                sql,
                row -> new Row(Lsn.parse(row.getString(1)), text(row.getBytes(2)), text(row.getBytes(3))));
        TransactionSnapshot snapshot =
                one("SELECT pg_current_snapshot()::text", row -> TransactionSnapshot.parse(row.getString(1)));
        return new StoppedBackup(stopped.lsn, stopped.label, stopped.map, clock(), snapshot);
    }

    /**
     * A text of the server as it has it, byte for byte: a path in it may be of any encoding, and the server converts
     * from that of the database, which has nothing to do with it.
     */
    private static String bytesOf(String text) {
        return "decode(replace(" + text + ", '\\', '\\\\'), 'escape')";
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : FileNames.decode(bytes);
    }

    private Instant clock() throws ArchiverException {
        return one(
                "SELECT clock_timestamp()",
                row -> row.getObject(1, OffsetDateTime.class).toInstant());
    }

    @Override
    public CreatedRestorePoint createRestorePoint(String name) throws ArchiverException {
        Lsn lsn = one("SELECT pg_create_restore_point(?)", row -> Lsn.parse(row.getString(1)), name);
        TimelineId timeline = one(
                "SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)",
                row -> TimelineId.parseHex(row.getString(1)));
        return new CreatedRestorePoint(lsn, timeline, clock());
    }

    @Override
    public void switchWal() throws ArchiverException {
        one("SELECT pg_switch_wal()", row -> row.getString(1));
    }

    @Override
    public DataChecksums dataChecksums() throws ArchiverException {
        return one("SHOW data_checksums", row -> DataChecksums.ofSetting(row.getString(1)));
    }

    @Override
    public List<Subscription> subscriptions() throws ArchiverException {
        // these columns are everybody's to read, and of all databases
        return all("""
            SELECT d.datname, s.subname, s.subenabled
              FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
             ORDER BY d.datname, s.subname\
            """, row -> new Subscription(row.getString(1), row.getString(2), row.getBoolean(3)));
    }

    @Override
    public Map<Long, String> tablespaces() throws ArchiverException {
        return one(
                "SELECT array_agg(oid::bigint), array_agg(spcname::text) FROM pg_tablespace WHERE oid NOT IN (1663, 1664)",
                row -> {
                    var tablespaces = new LinkedHashMap<Long, String>();
                    Array oids = row.getArray(1);
                    if (oids != null) {
                        Long[] each = (Long[]) oids.getArray();
                        String[] names = (String[]) row.getArray(2).getArray();
                        for (int i = 0; i < each.length; i++) {
                            tablespaces.put(each[i], names[i]);
                        }
                    }
                    return tablespaces;
                });
    }

    @Override
    public long estimateBytes() throws ArchiverException {
        return one(NO_LIMIT, "SELECT coalesce(sum(pg_database_size(oid)), 0) FROM pg_database", row -> row.getLong(1));
    }

    @Override
    public ArchiverFacts archiver() throws ArchiverException {
        return one(
                """
                SELECT current_setting('archive_mode'),
                       CASE current_setting('archive_mode') WHEN 'off' THEN '' ELSE current_setting('archive_command') END,
                       coalesce(current_setting('archive_library', true), ''),
                       (SELECT setting::int FROM pg_settings WHERE name = 'archive_timeout'),
                       CASE WHEN has_function_privilege('pg_ls_archive_statusdir()', 'EXECUTE')
                            THEN (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready') END,
                       CASE WHEN has_function_privilege('pg_ls_archive_statusdir()', 'EXECUTE')
                            THEN (SELECT extract(epoch FROM clock_timestamp() - greatest(
                                                     min(modification), pg_postmaster_start_time(), last_archived_time))::bigint
                                    FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready' HAVING count(*) > 0) END,
                       archived_count, failed_count, last_archived_wal, last_archived_time, last_failed_wal, last_failed_time
                  FROM pg_stat_archiver""",
                row -> new ArchiverFacts(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getInt(4),
                        number(row, 5),
                        number(row, 6),
                        row.getLong(7),
                        row.getLong(8),
                        last(row, 9),
                        last(row, 11)));
    }

    private static OptionalLong number(ResultSet row, int column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /** A file in one column and its time in the next, both null if there was none. */
    private static Optional<ArchiverFacts.Last> last(ResultSet row, int column) throws SQLException {
        String file = row.getString(column);
        var time = row.getObject(column + 1, OffsetDateTime.class);
        return file == null || time == null
                ? Optional.empty()
                : Optional.of(new ArchiverFacts.Last(file, time.toInstant()));
    }

    @Override
    public Rights rights() throws ArchiverException {
        record User(String quoted, boolean superuser) {}
        var user = one(
                "SELECT quote_ident(current_user), rolsuper FROM pg_roles WHERE rolname = current_user",
                row -> new User(row.getString(1), row.getBoolean(2)));
        var missing = new ArrayList<String>();
        if (!one("SELECT pg_has_role(current_user, 'pg_monitor', 'USAGE')", row -> row.getBoolean(1))) {
            missing.add("GRANT pg_monitor TO " + user.quoted());
        }
        for (String function : functions()) {
            if (!one("SELECT has_function_privilege(?, 'EXECUTE')", row -> row.getBoolean(1), function)) {
                missing.add("GRANT EXECUTE ON FUNCTION " + function + " TO " + user.quoted());
            }
        }
        return new Rights(user.quoted(), user.superuser(), missing);
    }

    private List<String> functions() {
        List<String> backup = hasOldNames()
                ? List.of("pg_start_backup(text, boolean, boolean)", "pg_stop_backup(boolean, boolean)")
                : List.of("pg_backup_start(text, boolean)", "pg_backup_stop(boolean)");
        return Stream.concat(backup.stream(), Stream.of("pg_create_restore_point(text)", "pg_switch_wal()"))
                .toList();
    }

    @Override
    public void requireAlive() throws ArchiverException {
        one("SELECT 1", row -> row.getInt(1));
    }

    @Override
    public void cancel() {
        cancelled = true;
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException _) {
            // then the end of the session ends it
        }
    }

    @Override
    public void close() {
        closeQuietly(connection);
    }
}
