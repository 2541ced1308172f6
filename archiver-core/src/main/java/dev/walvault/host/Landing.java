package dev.walvault.host;

import java.io.IOException;
import java.nio.file.Path;

/** Where a file grows while it is not proven yet, and where it appears, whole, when it is. */
public interface Landing {
    /** Where it will appear, for messages. */
    Path destination();

    /** Which file to write; nothing is there when this returns, and nobody else is given the same. */
    Path begin() throws IOException;

    /**
     * Lets the file appear that was written.
     *
     * @param begun what {@link #begin} answered; it is gone when this returns
     */
    void land(Path begun) throws IOException;
}
