package dev.walvault.it.benchmark;

/** Rows that nothing can compress, beside pgbench's, which nearly vanish: real databases hold both. */
final class Documents {
    static final String TABLE = "CREATE TABLE documents (body bytea)";

    /** For pgbench, 2 kB. */
    static final String SCRIPT = insert(1) + ";\n";

    private Documents() {}

    /** Rows of 2 kB each. */
    static String insert(long rows) {
        return "INSERT INTO documents SELECT string_agg(sha512(convert_to(random()::text || part, 'UTF8')), ''::bytea)"
                + " FROM generate_series(1, " + rows + ") number, generate_series(1, 32) part GROUP BY number";
    }
}
