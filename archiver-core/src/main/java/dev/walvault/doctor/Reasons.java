package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.examine.Finding;
import java.util.List;

/** Why objects of one kind cannot be used, as one finding: the first in full, the others by their number. */
final class Reasons {
    private Reasons() {}

    /**
     * A failure if there is any reason.
     *
     * @param sound what to say of the objects that can be used
     * @param fix what to do where the first reason does not say it; one that is not believed is not to be removed
     */
    static Finding verdict(String check, List<ArchiverException> reasons, String sound, String fix) {
        if (reasons.isEmpty()) {
            return Finding.ok(check, sound);
        }
        ArchiverException first = reasons.getFirst();
        return first.code() == ErrorCode.FORMAT_TOO_NEW
                ? Finding.failed(check, first)
                : Finding.failed(
                        check,
                        first.code(),
                        told(reasons) + "; " + sound,
                        first.hint().orElse(fix));
    }

    /** All of them, of which there is one at least. */
    static String told(List<ArchiverException> reasons) {
        ArchiverException first = reasons.getFirst();
        return first.getMessage()
                + first.detail().map(detail -> ": " + detail).orElse("")
                + (reasons.size() == 1 ? "" : ", and " + (reasons.size() - 1) + " more");
    }

    /** The same of names. */
    static String named(List<String> names) {
        return "\"" + names.getFirst() + "\"" + (names.size() == 1 ? "" : ", with " + (names.size() - 1) + " more,");
    }

    /** A failure that concerns one object; throws one that concerns the store. */
    static ArchiverException ofObject(ArchiverException failure) throws ArchiverException {
        if (failure.code() == ErrorCode.STORE_UNREACHABLE) {
            throw failure;
        }
        return failure;
    }
}
