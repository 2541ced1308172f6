package dev.walvault.seal;

import dev.walvault.sign.SigningKey;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** The keys of everything that was written once and is read forever; docs/FORMAT.md has them too. */
public final class GoldenKeys {
    private GoldenKeys() {}

    /** Signs the golden objects. */
    public static SigningKey signing() throws IOException {
        return SigningKey.read(file("signing-key.pem"));
    }

    /** Opens the golden objects that are encrypted. */
    public static Identities identities() throws IOException {
        return Identities.read(List.of(file("identity.txt")));
    }

    /** To whom they are encrypted. */
    public static Recipients recipients() throws IOException {
        return Recipients.parse(identities().recipients());
    }

    static Path file(String name) {
        var resource = GoldenKeys.class.getResource(name);
        if (resource == null) {
            throw new AssertionError("there is no golden file " + name);
        }
        try {
            return Path.of(resource.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
