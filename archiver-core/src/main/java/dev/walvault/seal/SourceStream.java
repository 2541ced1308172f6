package dev.walvault.seal;

import dev.walvault.PassingInput;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Remembers a failure of the store, so that it is not taken for damage of the object that was read from it. */
final class SourceStream extends PassingInput {
    private @Nullable IOException failure;

    SourceStream(InputStream in) {
        super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        try {
            return in.read(bytes, offset, count);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Nullable
    IOException failure() {
        return failure;
    }
}
