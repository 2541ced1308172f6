package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeKeys;
import dev.walvault.seal.stored.RangeSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;

/** Objects that the golden keys open. */
public final class GoldenObjects {
    private GoldenObjects() {}

    /** The content of an object that has random access, for reading ranges of it. */
    public static RangeSource ranges(byte[] stored, String name, boolean plain) throws IOException {
        return new Unsealer(GoldenKeys.identities(), plain)
                .openRanges(new MemorySource(stored), name)
                .content()
                .orElseThrow();
    }

    /** The same encrypted object with one more word in its stanza, as a later writer would make it. */
    public static byte[] withWord(byte[] stored, String name, String word)
            throws IOException, GeneralSecurityException {
        AgeHeader header = AgeHeader.read(new ByteArrayInputStream(stored), name);
        String text = new String(stored, 0, header.length(), ISO_8859_1);
        String signed = text.substring(0, text.indexOf("\n---") + 4).replaceFirst(" codec=", " " + word + " codec=");
        FileKey key = X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(
                        GoldenKeys.identities().keys().getFirst().identity())
                .getFileKey(List.copyOf(header.stanzas()));
        byte[] mac = AgeKeys.headerMac(key, signed.getBytes(ISO_8859_1));
        var later = new ByteArrayOutputStream();
        later.writeBytes(signed.getBytes(ISO_8859_1));
        later.writeBytes((" " + Base64.getEncoder().withoutPadding().encodeToString(mac) + "\n").getBytes(ISO_8859_1));
        later.write(stored, header.length(), stored.length - header.length());
        return later.toByteArray();
    }
}
