package dev.walvault;

import java.io.IOException;
import java.io.InputStream;

/** A stream over another one, of which a subclass sees every byte that passes. Closing it closes the other one. */
public abstract class PassingInput extends PieceInput {
    /** The other one. */
    protected final InputStream in;

    protected PassingInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int available() throws IOException {
        return in.available();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
