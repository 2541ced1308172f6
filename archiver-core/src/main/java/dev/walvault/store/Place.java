package dev.walvault.store;

import dev.walvault.ArchiverException;
import dev.walvault.examine.Checks;
import dev.walvault.observe.Listener;
import dev.walvault.work.DiskLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Where a vault is, with all that its driver knows of such a place. Its text is the URL without options. */
public interface Place {

    /** What tells this place from every other, without what only says how to reach it. */
    String identity();

    /** Whether it says only where, and nothing of how to reach it. */
    boolean isBare();

    /** The directory of this host that it is; empty where each question is a request to somewhere else. */
    Optional<Path> directory();

    /** The store there, which must be there; a service is not asked before the first call of the store. */
    ObjectStore open(Opening opening) throws ArchiverException;

    /** Makes the place where a vault is to be created, if it is of a kind that walvault makes. */
    void make() throws ArchiverException;

    /**
     * What only the driver can find out about the place before a vault is trusted to it.
     *
     * @param cluster what the keys of this host's cluster begin with
     * @param pgdata the server's data directory, if it is on this host
     */
    Checks checks(ObjectKey cluster, Optional<Path> pgdata);

    /** What to do about a store of this kind that fails a check. */
    Remedies remedies();

    /** The least that the service has to allow, where it has policies that say so. */
    Optional<Policies> policies();

    /** Files of this host with secrets in them that it uses. */
    List<SecretFile> secretFiles();

    /** The variable of the environment that may have its key: a server does not inherit it. */
    Optional<String> keyVariable();

    /**
     * How a store is opened.
     *
     * @param kinds how an object is to be kept
     * @param listener hears of what is tried again
     * @param limits how fast a disk of this host may be used
     */
    record Opening(Function<ObjectKey, ObjectKind> kinds, Listener listener, DiskLimits limits) {}

    /** A file and what it is, in the words of a warning. */
    record SecretFile(String what, Path path) {}
}
