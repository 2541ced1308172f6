package dev.walvault.observe;

import dev.walvault.ArchiverException;
import dev.walvault.config.Masked;
import dev.walvault.json.JsonText;
import java.util.function.Consumer;

/** A failure as programs read it: in events, in results that are not complete, and as the error of a command. */
public final class Problem {
    private Problem() {}

    /**
     * The members {@code code}, {@code message} and {@code detail}; of an exception that is not ours the message alone.
     */
    public static Consumer<JsonText> of(Exception failure) {
        return json -> {
            if (failure instanceof ArchiverException known) {
                json.put("code", known.code().name())
                        .put("message", message(known))
                        .put("detail", known.detail().map(Masked::text));
            } else {
                json.put("message", message(failure));
            }
        };
    }

    private static String message(Exception failure) {
        return Masked.text(String.valueOf(failure.getMessage()));
    }
}
