package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.ConfiguredVault;
import dev.walvault.vaults.VaultPoll;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which files were stored before the server asked for them, and whether that holds for the vaults as they are now. */
final class StoredAhead {
    private final List<ConfiguredVault> vaults;
    private final int copies;
    private final LocalState state;

    /** {@code copies}: in how many of the vaults a file must be before it is acknowledged. */
    StoredAhead(List<ConfiguredVault> vaults, int copies, LocalState state) {
        this.vaults = List.copyOf(vaults);
        this.copies = copies;
        this.state = state;
    }

    /** Remembers a file that is stored by now; it had this fingerprint before it was read, and has it still. */
    void remember(Acknowledgements spool, Path file, Fingerprint fingerprint, Delivered delivered) throws IOException {
        Map<String, String> stored = delivered.vaultIds();
        Map<String, String> all = names().stream()
                .collect(Collectors.toMap(name -> name, name -> stored.getOrDefault(name, Acknowledgement.OWED)));
        spool.keep(nameOf(file), new Acknowledgement(state.now(), fingerprint, delivered.keys(), all));
    }

    /** Whether this very file is remembered as stored in the vaults that have just stored another one. */
    boolean has(Acknowledgements spool, Path file, Delivered other) throws IOException {
        Optional<Acknowledgement> found = spool.find(nameOf(file));
        return found.isPresent()
                && isOf(file, found.get())
                && found.get().keys().equals(other.keys())
                && found.get().copiesIn(other.vaultIds()) >= copies;
    }

    /**
     * The keys under which this very file was stored, in the very vaults that are there now: in as many as are
     * demanded, and the others owe it. Answers so once.
     */
    Optional<MemberKeys> take(Acknowledgements spool, Path file) throws IOException {
        Optional<Acknowledgement> found = spool.find(nameOf(file));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        spool.forget(nameOf(file));
        boolean counts = isOf(file, found.get())
                && found.get().copiesIn(idsNow(WalFile.parse(nameOf(file)), found.get())) >= copies;
        return counts ? found.map(Acknowledgement::keys) : Optional.empty();
    }

    private boolean isOf(Path file, Acknowledgement acknowledgement) throws IOException {
        return acknowledgement.isFor(names(), state.now())
                && acknowledgement.file().equals(Fingerprint.of(file));
    }

    /**
     * Of the vaults that had the file, as many as are demanded, if they can be opened now. Where it costs nothing they
     * are asked whether they still have it: a directory may have been put back to what it was before.
     */
    private Map<String, String> idsNow(WalFile file, Acknowledgement acknowledgement) throws ArchiverException {
        List<ConfiguredVault> having = vaults.stream()
                .filter(vault -> acknowledgement.has(vault.fileName()))
                .toList();
        MemberKeys keys = acknowledgement.keys();
        var opened = new VaultPoll<>(
                        having,
                        copies,
                        Duration.ZERO,
                        state.vaults().away(),
                        vault -> vault.open().of(keys.system()))
                .run();
        var ids = new HashMap<String, String>();
        for (VaultPoll.Given<MemberVault> given : opened.given()) {
            boolean lost = given.vault().isNear() && !given.answer().wal().isThere(file);
            if (given.answer().keys().equals(keys) && !lost) {
                ids.put(given.vault().fileName(), given.answer().vault().id());
            }
        }
        return ids;
    }

    private Set<String> names() {
        return vaults.stream().map(ConfiguredVault::fileName).collect(Collectors.toSet());
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }
}
