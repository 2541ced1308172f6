package dev.walvault.seal;

import static dev.walvault.ErrorCode.CORRUPT;
import static dev.walvault.ErrorCode.FORMAT_TOO_NEW;

import dev.walvault.Fault;
import dev.walvault.IntegrityException;

/** The refusals of this package, each with the object's name. */
final class Corruption {
    private Corruption() {}

    static IntegrityException corrupt(String object, String detail) {
        return Fault.of(CORRUPT, "object \"" + object + "\" is damaged")
                .detail(detail)
                .integrity();
    }

    static IntegrityException corrupt(String object, String detail, Throwable cause) {
        return Fault.of(CORRUPT, "object \"" + object + "\" is damaged")
                .detail(detail)
                .cause(cause)
                .integrity();
    }

    static IntegrityException swapped(String expected, String actual) {
        return Fault.of(CORRUPT, "object \"" + expected + "\" was swapped")
                .detail("It says of itself that it is \"" + actual + "\".")
                .hint("Somebody copied or moved objects inside the vault; look for the other one too.")
                .integrity();
    }

    static IntegrityException tooNew(String object, String detail) {
        return Fault.of(FORMAT_TOO_NEW, "object \"" + object + "\" was written by a newer walvault")
                .detail(detail)
                .hint("Use a newer walvault to read it.")
                .integrity();
    }
}
