package dev.walvault.config;

import java.util.regex.Pattern;

/** Texts as they may be shown: without the secrets that somebody put where none belongs. */
public final class Masked {
    /** Before the host of a URL; a path of a file system may have an at sign. */
    private static final Pattern USER_INFO = Pattern.compile("(?<!file:)(?<!/)//[^@\\s\"]*@");

    private static final Pattern IDENTITY = Pattern.compile("AGE-SECRET-KEY-[A-Z0-9-]+", Pattern.CASE_INSENSITIVE);

    private Masked() {}

    /** The text, with stars for access keys in URLs and for private keys. */
    public static String text(String text) {
        String withoutKeys = IDENTITY.matcher(text).replaceAll("AGE-SECRET-KEY-***");
        return USER_INFO.matcher(withoutKeys).replaceAll("//***@");
    }
}
