package dev.walvault.vault;

import java.util.regex.Pattern;

/**
 * The name of a cluster or of a member: a letter, digit or underscore, then letters, digits, dots, underscores and
 * hyphens.
 */
public record Name(String value) {
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,62}");

    private static final Pattern OF_LARGER_CLUSTER = Pattern.compile("coordinator|(seg|group)[0-9]+");

    /** {@link MemberKeys#VAULT} is in the place of a cluster of this name. */
    private static final String TAKEN = "vault.json";

    public Name {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("invalid name \"" + value
                    + "\": up to 63 letters, digits, \".\", \"_\" and \"-\", not beginning with \".\" or \"-\"");
        }
        if (value.equals(TAKEN)) {
            throw new IllegalArgumentException("invalid name \"" + value + "\": the vault's own document has it");
        }
    }

    /** Whether only a member of a cluster of several servers is called so: docs/FORMAT.md. */
    boolean isOfLargerCluster() {
        return OF_LARGER_CLUSTER.matcher(value).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
