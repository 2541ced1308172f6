package dev.walvault.seal.age;

import com.exceptionfactory.jagged.RecipientStanza;
import java.util.List;

/** One stanza of an age header. */
public final class AgeStanza implements RecipientStanza {
    private final String type;
    private final List<String> arguments;
    private final byte[] body;

    public AgeStanza(String type, List<String> arguments, byte[] body) {
        this.type = type;
        this.arguments = arguments;
        this.body = body;
    }

    @Override
    public String getType() {
        return type;
    }

    @Override
    public List<String> getArguments() {
        return arguments;
    }

    @Override
    public byte[] getBody() {
        return body;
    }
}
