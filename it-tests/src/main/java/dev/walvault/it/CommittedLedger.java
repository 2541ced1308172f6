package dev.walvault.it;

import dev.walvault.pg.Lsn;
import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Load that remembers. Each thread commits numbered transactions, one after the other, each a row and an update of the
 * thread's counter; for every acknowledged commit the ledger keeps the transaction id and the span of WAL and of time
 * in which the commit lies. A restored server can so be compared exactly: all that was committed up to the target, and
 * nothing beyond it.
 */
public final class CommittedLedger implements Closeable {
    /** Between two transactions of a thread: without it the threads leave no processor to what is tested. */
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final PostgresServer server;
    private final List<Committed> committed = new ArrayList<>();
    private final Map<Integer, AtomicLong> attempted = new TreeMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> working = new ArrayList<>();
    private volatile boolean stopping;

    private CommittedLedger(PostgresServer server) {
        this.server = server;
    }

    /**
     * An acknowledged commit: its WAL record begins at {@code before} or later and ends at {@code after} or earlier.
     */
    public record Committed(
            int thread, long number, long xid, Lsn before, Lsn after, Instant asked, Instant acknowledged) {}

    /** Makes the tables and starts the threads. */
    public static CommittedLedger start(PostgresServer server, int threads) throws SQLException {
        server.sql(
                "CREATE TABLE ledger (thread int, number bigint, filler text, PRIMARY KEY (thread, number))",
                "CREATE TABLE ledger_counter (thread int PRIMARY KEY, number bigint NOT NULL)",
                "INSERT INTO ledger_counter SELECT thread, 0 FROM generate_series(0, " + (threads - 1) + ") AS thread");
        var ledger = new CommittedLedger(server);
        for (int thread = 0; thread < threads; thread++) {
            ledger.attempted.put(thread, new AtomicLong());
        }
        ledger.resume();
        return ledger;
    }

    /** Starts the threads again, from where they were; the server must hold all that was acknowledged. */
    public void resume() {
        stopping = false;
        for (var thread : attempted.entrySet()) {
            working.add(threads.submit(() -> work(thread.getKey(), thread.getValue())));
        }
    }

    /** Lets every thread finish its transaction and returns what has been acknowledged in all. */
    public List<Committed> stop() throws InterruptedException {
        stopping = true;
        for (Future<?> thread : working) {
            try {
                thread.get(60, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("a thread of the ledger failed", e);
            }
        }
        working.clear();
        return committed();
    }

    /** What has been acknowledged so far, in the order of acknowledgement. */
    public List<Committed> committed() {
        synchronized (committed) {
            return List.copyOf(committed);
        }
    }

    /** Waits until this many more transactions are acknowledged. */
    public void awaitMore(int transactions, Duration deadline) throws IOException, SQLException, InterruptedException {
        int goal = committed().size() + transactions;
        Condition.await(
                transactions + " more transactions", deadline, () -> committed().size() >= goal);
    }

    @Override
    public void close() {
        stopping = true;
        threads.shutdownNow();
    }

    /** Commits until it is told to stop or the server goes away: a lost connection is what some tests are about. */
    private void work(int thread, AtomicLong attempt) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            long number = next(statement, thread);
            connection.commit();
            while (!stopping) {
                attempt.set(number);
                statement.execute(
                        "INSERT INTO ledger VALUES (" + thread + ", " + number + ", repeat(md5('" + number + "'), 8))");
                statement.execute("UPDATE ledger_counter SET number = " + number + " WHERE thread = " + thread);
                long xid = Long.parseLong(value(statement, "SELECT pg_current_xact_id()"));
                var before = insertPosition(statement);
                // in the server's own unit, or the same microsecond would look later here than there
                var asked = Instant.now().truncatedTo(ChronoUnit.MICROS);
                connection.commit();
                var acknowledged = Instant.now();
                var after = insertPosition(statement);
                connection.commit();
                synchronized (committed) {
                    committed.add(new Committed(thread, number, xid, before, after, asked, acknowledged));
                }
                number++;
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } catch (SQLException e) {
            if (!isServerGone(e)) {
                throw new IllegalStateException("the server refuses the ledger's transaction", e);
            }
        }
    }

    /** Class 08 is a lost connection, 57P01 to 57P03 a server that goes down or is not up yet. */
    private static boolean isServerGone(SQLException e) {
        String state = Objects.requireNonNullElse(e.getSQLState(), "");
        return state.startsWith("08") || state.startsWith("57P0");
    }

    /** The last number may have been committed without word of it. */
    private static long next(Statement statement, int thread) throws SQLException {
        return 1 + Long.parseLong(value(statement, "SELECT number FROM ledger_counter WHERE thread = " + thread));
    }

    private static Lsn insertPosition(Statement statement) throws SQLException {
        return Lsn.parse(value(statement, "SELECT pg_current_wal_insert_lsn()"));
    }

    private static String value(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            if (!rows.next()) {
                throw new IllegalStateException("no row: " + query);
            }
            return rows.getString(1);
        }
    }

    /** Up to where a server was restored. */
    public sealed interface Target {
        /** All that was acknowledged. */
        record Latest() implements Target {}

        /** A position between two records, such as a restore point's; commits that begin there or later are gone. */
        record AtLsn(Lsn lsn) implements Target {}

        /** Commits of this instant and before. */
        record AtTime(Instant time) implements Target {}

        /** This transaction and all that committed before it. */
        record AtXid(long xid) implements Target {}

        /** All that committed before this transaction, but not this one. */
        record BeforeXid(long xid) implements Target {}
    }

    /**
     * Compares what came back with what was committed.
     *
     * @return what is wrong, one line each; nothing if all is as it must be
     */
    public List<String> differences(PostgresServer restored, Target target) throws SQLException {
        var wrong = new ArrayList<String>();
        var last = new TreeMap<Integer, Long>();
        for (List<String> row : restored.query("SELECT c.thread, c.number, count(l.number), coalesce(min(l.number), 1),"
                + " coalesce(max(l.number), 0) FROM ledger_counter c LEFT JOIN ledger l USING (thread)"
                + " GROUP BY c.thread, c.number")) {
            long counter = Long.parseLong(row.get(1));
            boolean whole = Long.parseLong(row.get(2)) == counter
                    && Long.parseLong(row.get(3)) == 1
                    && Long.parseLong(row.get(4)) == counter;
            if (!whole) {
                wrong.add("thread " + row.get(0) + " is torn: counter " + counter + ", " + row.get(2) + " rows from "
                        + row.get(3) + " to " + row.get(4));
            }
            last.put(Integer.valueOf(row.get(0)), counter);
        }
        var broken = restored.value("SELECT count(*) FROM ledger WHERE filler <> repeat(md5(number::text), 8)");
        if (!broken.equals("0")) {
            wrong.add(broken + " rows have other content than was written");
        }
        var all = committed();
        Function<Committed, Expected> expected = expectation(target, all);
        for (Committed commit : all) {
            boolean there = last.getOrDefault(commit.thread(), 0L) >= commit.number();
            switch (expected.apply(commit)) {
                case PRESENT -> {
                    if (!there) {
                        wrong.add("lost: " + commit);
                    }
                }
                case ABSENT -> {
                    if (there) {
                        wrong.add("beyond the target: " + commit);
                    }
                }
                case EITHER -> {}
            }
        }
        for (var thread : attempted.entrySet()) {
            if (last.getOrDefault(thread.getKey(), 0L) > thread.getValue().get()) {
                wrong.add("thread " + thread.getKey() + " never wrote " + last.get(thread.getKey()));
            }
        }
        return wrong;
    }

    private enum Expected {
        PRESENT,
        ABSENT,
        /** The target lies between the question and the acknowledgement. */
        EITHER
    }

    private static Function<Committed, Expected> expectation(Target target, List<Committed> all) {
        return switch (target) {
            case Target.Latest() -> _ -> Expected.PRESENT;
            case Target.AtLsn(Lsn lsn) ->
                commit -> between(
                        commit.after().compareTo(lsn) <= 0, commit.before().compareTo(lsn) > 0);
            case Target.AtTime(Instant time) ->
                commit -> between(
                        !commit.acknowledged().isAfter(time), commit.asked().isAfter(time));
            case Target.AtXid(long xid) -> around(named(all, xid), Expected.PRESENT);
            case Target.BeforeXid(long xid) -> around(named(all, xid), Expected.ABSENT);
        };
    }

    private static Function<Committed, Expected> around(Committed last, Expected itself) {
        return commit -> commit.xid() == last.xid() ? itself : beside(commit, last);
    }

    private static Expected beside(Committed commit, Committed other) {
        return between(
                commit.after().compareTo(other.before()) <= 0, commit.before().compareTo(other.after()) >= 0);
    }

    private static Committed named(List<Committed> all, long xid) {
        return all.stream()
                .filter(commit -> commit.xid() == xid)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the ledger has no transaction " + xid));
    }

    private static Expected between(boolean present, boolean absent) {
        if (present) {
            return Expected.PRESENT;
        }
        return absent ? Expected.ABSENT : Expected.EITHER;
    }
}
