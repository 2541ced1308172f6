package dev.walvault.store;

import dev.walvault.ArchiverException;
import dev.walvault.StoreException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Objects under keys, created once and never changed. Safe for use by several threads and by several processes on
 * several machines at once. This surface is minimal on purpose: a method is added only when no composition of these
 * will do, because every driver pays for it.
 *
 * <p>A store may refuse {@code a} and {@code a/b} side by side. Where one of them is, every question for the other may
 * be answered with a {@link StoreException} instead of an empty result: no such two keys are used.
 *
 * <p>Every method throws {@link StoreException} when the store cannot be reached, refuses access, has no space or
 * answers nonsense. An object that is not there is an empty result, never an exception; and an empty result is never
 * given when the store could not be asked. A driver retries by itself what is worth retrying; callers do not.
 */
public interface ObjectStore extends AutoCloseable {

    /** Where this is, as a person would name it: {@code file:///backup/pg}. Holds no secret. */
    String location();

    /**
     * Creates {@code key} if it is absent, as one atomic step: of many concurrent callers exactly one sees
     * {@link CreateOutcome#CREATED}. Durable when this returns, the names of new directories included. Readers see all
     * of the content or nothing; what is left by a writer that died is never seen as the object.
     *
     * <p>{@link CreateOutcome#ALREADY_THERE} is as durable as {@link CreateOutcome#CREATED}, even when the other writer
     * died before it was told. After an exception the object may be there or not, but whole or not at all; asking again
     * tells. What {@code content} throws comes out as {@link Content#failure}.
     */
    CreateOutcome createIfAbsent(ObjectKey key, Content content) throws ArchiverException;

    /**
     * Begins an object whose length is not known yet. Nothing is visible under {@code key} before
     * {@link Upload#commit()}, which follows the law of {@link #createIfAbsent}. Memory is bounded whatever the length.
     */
    Upload beginUpload(ObjectKey key) throws ArchiverException;

    /** The content from its first byte, or empty if {@code key} is proven absent. The caller closes the stream. */
    Optional<InputStream> open(ObjectKey key) throws ArchiverException;

    /**
     * What {@code key} has of this range, and how long all of it is; empty if {@code key} is proven absent. What a
     * range means that goes beyond the end is said at {@link ByteRange}: that is no failure. One request, for the last
     * bytes, too. The caller closes the slice.
     */
    Optional<Slice> open(ObjectKey key, ByteRange range) throws ArchiverException;

    /** A question that takes several calls, all of them to one store. */
    @FunctionalInterface
    interface Question<T, X extends ArchiverException> {
        /** Returns empty where the store has nothing to say. */
        Optional<T> ask(ObjectStore store) throws X, ArchiverException;
    }

    /**
     * Puts a question to one store alone. Where this is several stores read as one, that is each of them in turn until
     * one has something to say: two of them may hold the same content in other bytes.
     */
    default <T, X extends ArchiverException> Optional<T> ask(Question<T, X> question) throws X, ArchiverException {
        return question.ask(this);
    }

    /** Size and time of {@code key}, or empty if it is proven absent. */
    Optional<StoredObject> head(ObjectKey key) throws ArchiverException;

    /**
     * Every object whose key begins with {@code prefix + "/"}, in key order, fetched page by page; the caller closes
     * the stream. An object that is there during all of the listing is in it; one that comes or goes meanwhile may be.
     * While iterating, a failure is thrown as {@link java.io.UncheckedIOException} around a {@link StoreException}. A
     * prefix without objects is an empty stream.
     */
    Stream<StoredObject> list(ObjectKey prefix) throws ArchiverException;

    /**
     * What {@link #list} gives, but only those that come after a key. A driver reads nothing that comes before, as far
     * as it can; as much as one page is read at least.
     */
    default Stream<StoredObject> listAfter(ObjectKey prefix, ObjectKey after) throws ArchiverException {
        return list(prefix).filter(object -> object.key().compareTo(after) > 0);
    }

    /**
     * The names directly below {@code prefix}, of objects and of what leads to objects, in order and without
     * repetition: for {@code a/b} and {@code a/c/d} below {@code a} they are {@code b} and {@code c}. What lies deeper
     * is not read, so that a name may lead to nothing if what it led to was deleted.
     */
    List<String> names(ObjectKey prefix) throws ArchiverException;

    /**
     * Deletes {@code key}; {@code false} if it was proven absent. It is durably gone when this returns: no crash of the
     * store brings it back, so what is deleted afterwards is never missed by it.
     */
    boolean delete(ObjectKey key) throws ArchiverException;

    /**
     * Deletes all of these with as few requests as the store can do with, in no order that could be relied on; where
     * there is nothing, nothing is left to do. What is gone is durably so when this returns. A key that fails does not
     * keep the others: the answer names each that failed. Never throws for what befell some of the keys, or all.
     */
    Deletion deleteAll(Collection<ObjectKey> keys);

    /**
     * Removes what uploads under {@code prefix} left behind when their process died, if it is older than {@code age};
     * returns how many there were. Objects are never touched.
     */
    int discardAbandonedUploads(ObjectKey prefix, Duration age) throws ArchiverException;

    @Override
    void close();
}
