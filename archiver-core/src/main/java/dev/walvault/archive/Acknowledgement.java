package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.pg.SystemIdentifier;
import dev.walvault.seal.ContentDigest;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Name;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * That a file of the WAL was stored before the server asked for it: which file exactly, under which keys, and in which
 * vaults. It says nothing about any other file, nor about other vaults.
 *
 * @param at when it was stored
 * @param vaults by the names that this host has for them: the id of each that has the file, and {@link #OWED} for each
 *     that a debt says it has not
 */
record Acknowledgement(Instant at, Fingerprint file, MemberKeys keys, Map<String, String> vaults) {
    static final String OWED = "owed";

    /**
     * For how long it counts. The server asks within seconds, unless it was stopped; and by then a vault may have been
     * brought back from an old copy of itself.
     */
    private static final Duration FADES_AFTER = Duration.ofMinutes(10);

    private static final String FORMAT = "walvault acknowledgement 1";

    Acknowledgement {
        vaults = Map.copyOf(vaults);
    }

    /** Whether it was made lately, for vaults of these names. */
    boolean isFor(Set<String> names, Instant now) {
        return vaults.keySet().equals(names)
                && !at.isAfter(now)
                && Duration.between(at, now).compareTo(FADES_AFTER) < 0;
    }

    /** Whether this vault had the file. */
    boolean has(String vault) {
        return !vaults.getOrDefault(vault, OWED).equals(OWED);
    }

    /**
     * In how many of these vaults, by their names and ids, the file is; in none if one of them is another than it was.
     */
    int copiesIn(Map<String, String> ids) {
        boolean same = ids.entrySet().stream()
                .allMatch(vault -> !has(vault.getKey()) || vault.getValue().equals(vaults.get(vault.getKey())));
        return same ? (int) ids.keySet().stream().filter(this::has).count() : 0;
    }

    /** What {@link #read} reads: lines, the last of which has a digest of the others. */
    byte[] write() {
        var text = new StringBuilder();
        line(text, FORMAT);
        line(text, "at", at.toString());
        line(text, "file", file.attributes(), file.firstPage());
        line(
                text,
                "of",
                keys.cluster().value(),
                keys.member().value(),
                keys.system().toString());
        new TreeMap<>(vaults).forEach((vault, id) -> line(text, "vault", vault, id));
        line(text, "sum", ContentDigest.of(text.toString().getBytes(UTF_8)).hex());
        return text.toString().getBytes(UTF_8);
    }

    private static void line(StringBuilder text, String... words) {
        text.append(String.join(" ", words)).append('\n');
    }

    /** Empty for anything that {@link #write} did not write: a file that was torn, for example. */
    static Optional<Acknowledgement> read(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        try {
            Acknowledgement read = parse(text.split("\n", -1));
            return Optional.of(read).filter(it -> new String(it.write(), UTF_8).equals(text));
        } catch (IllegalArgumentException | DateTimeParseException | IndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }

    private static Acknowledgement parse(String[] lines) {
        String[] file = lines[2].split(" ", -1);
        String[] keys = lines[3].split(" ", -1);
        var vaults = new TreeMap<String, String>();
        for (int i = 4; lines[i].startsWith("vault "); i++) {
            String[] vault = lines[i].split(" ", -1);
            vaults.put(vault[1], vault[2]);
        }
        return new Acknowledgement(
                Instant.parse(lines[1].substring("at ".length())),
                new Fingerprint(file[1], file[2]),
                new MemberKeys(new Name(keys[1]), new Name(keys[2]), SystemIdentifier.parse(keys[3])),
                vaults);
    }
}
