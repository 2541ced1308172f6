package dev.walvault.store.fs;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The one place where errors of the file system become errors of the store. */
final class FsErrors {
    /** Less than this left means full, whatever language the C library speaks. */
    private static final long FULL_BYTES = 64 * 1024;

    private FsErrors() {}

    /** {@code failed} is what could not be done, {@code directory} some directory on the file system in question. */
    static ArchiverException translate(String failed, Path directory, IOException e) {
        if (e instanceof ArchiverException own) {
            return own;
        }
        String reason = reason(e);
        Fault fault = Fault.of(ErrorCode.STORE_UNREACHABLE, failed + ": " + reason)
                .retry(Retry.YES)
                .hint("Check the file system and the kernel's log.")
                .cause(e);
        if (e instanceof ClosedByInterruptException) {
            fault = coded(fault, ErrorCode.CANCELLED, Retry.NO).hint("The operation was interrupted; start it again.");
        } else if (reason.equals("no space left on device") || reason.equals("disk quota exceeded")) {
            fault = full(fault);
        } else if (e instanceof AccessDeniedException || reason.equals("operation not permitted")) {
            fault = coded(fault, ErrorCode.STORE_DENIED, Retry.NO)
                    .hint("Give the user that runs walvault access to the directory and everything below it.");
        } else if (reason.equals("read-only file system")) {
            fault = readOnly(fault);
        } else if (reason.equals("file name too long")) {
            fault = coded(fault, ErrorCode.STORE_DENIED, Retry.NO)
                    .hint("Use shorter names, or a file system that allows longer ones.");
        } else if (!(e instanceof NoSuchFileException || e instanceof FileAlreadyExistsException)) {
            fault = byTheStateOfTheFileSystem(fault, directory);
        }
        return fault.exception();
    }

    /** Errors known only by text are in the language of the locale, so the file system is asked as well. */
    private static Fault byTheStateOfTheFileSystem(Fault fault, Path directory) {
        try {
            var fileSystem = Files.getFileStore(directory);
            if (fileSystem.isReadOnly()) {
                return readOnly(fault);
            }
            return fileSystem.getUsableSpace() < FULL_BYTES ? full(fault) : fault;
        } catch (IOException unknown) {
            return fault;
        }
    }

    private static Fault full(Fault fault) {
        return coded(fault, ErrorCode.STORE_FULL, Retry.UNKNOWN)
                .hint("Free space on the file system, or raise the quota.");
    }

    private static Fault readOnly(Fault fault) {
        return coded(fault, ErrorCode.STORE_DENIED, Retry.NO)
                .hint("Mount the file system read-write; if the kernel made it read-only, check the disk first.");
    }

    private static Fault coded(Fault fault, ErrorCode code, Retry retry) {
        return new Fault(code, fault.message(), retry, fault.detail(), fault.hint(), fault.cause());
    }

    /** In PostgreSQL's message style, without the file name that the exceptions of java.nio begin with. */
    static String reason(IOException e) {
        String text = switch (e) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "file exists";
            case ClosedByInterruptException _ -> "interrupted";
            case FileSystemException known -> String.valueOf(known.getReason());
            default -> String.valueOf(e.getMessage());
        };
        boolean acronym = text.length() > 1 && !Character.isLowerCase(text.charAt(1));
        return acronym || text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
