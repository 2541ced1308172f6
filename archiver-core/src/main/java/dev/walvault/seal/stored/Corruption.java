package dev.walvault.seal.stored;

import static dev.walvault.ErrorCode.CORRUPT;
import static dev.walvault.ErrorCode.FORMAT_TOO_NEW;

import dev.walvault.Fault;
import dev.walvault.IntegrityException;

/** Refusals of a sealed object, each with its name. */
public final class Corruption {
    private Corruption() {}

    /** It is not what was stored: CORRUPT. */
    public static IntegrityException corrupt(String object, String detail) {
        return Fault.of(CORRUPT, "object \"" + object + "\" is damaged")
                .detail(detail)
                .integrity();
    }

    /** The same, found by another failure. */
    public static IntegrityException corrupt(String object, String detail, Throwable cause) {
        return Fault.of(CORRUPT, "object \"" + object + "\" is damaged")
                .detail(detail)
                .cause(cause)
                .integrity();
    }

    /** It lies under the key of another: CORRUPT. */
    public static IntegrityException swapped(String expected, String actual) {
        return Fault.of(CORRUPT, "object \"" + expected + "\" was swapped")
                .detail("It says of itself that it is \"" + actual + "\".")
                .hint("Somebody copied or moved objects inside the vault; look for the other one too.")
                .integrity();
    }

    /** This program does not know its form: FORMAT_TOO_NEW. */
    public static IntegrityException tooNew(String object, String detail) {
        return Fault.of(FORMAT_TOO_NEW, "object \"" + object + "\" was written by a newer walvault")
                .detail(detail)
                .hint("Use a newer walvault to read it.")
                .integrity();
    }
}
