package dev.walvault.vaults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.LocalFiles;
import dev.walvault.host.StateFiles;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.MemberKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which files a vault does not have yet although they were acknowledged, because others have them: an empty file for
 * each, below a directory for the vault, under the key that the file has in a vault. So the servers that share the
 * directory do not meet, and finding the oldest reads a few short directories however many there are. For several
 * processes.
 *
 * <p>A debt that cannot be paid, whatever is done, is set aside with the reason. Where that is a conflict, the vault
 * has another server's WAL there, and must not be given what follows on that timeline: recovery would cross from one
 * branch into the other. Those debts stay until the conflict is settled.
 */
public final class Debts {
    private final StateFiles files;
    private final Path directory;
    private final Path setAside;

    /** A debt that was set aside: the file's name, and why. */
    public record Failed(String file, String reason) {}

    Debts(StateFiles files, Path directory, Path setAside) {
        this.files = files;
        this.directory = directory;
        this.setAside = setAside;
    }

    /** Remembers a debt; durable when this returns. */
    public void record(ConfiguredVault vault, MemberKeys keys, WalFile file) throws ArchiverException {
        Path debt = path(directory, vault, keys, file);
        try {
            files.write(debt, new byte[0]);
        } catch (IOException e) {
            throw Fault.from(LocalFiles.cannot("remember in", debt, e))
                    .message("could not write down that the vault at \"" + vault.location() + "\" still lacks \""
                            + file.name() + "\"")
                    .detail("\"" + debt + "\": " + reason(e))
                    .hint("Let state_directory name a directory that the server's operating-system user can write to.")
                    .cause(e)
                    .host();
        }
    }

    /** Whether there may be any of this system; costs one look at a directory. */
    public boolean any(ConfiguredVault vault, MemberKeys keys) {
        return Files.isDirectory(root(directory, vault, keys));
    }

    /** The debts to pay first, at most so many: histories of timelines, then WAL from the oldest on. */
    public List<WalFile> oldest(ConfiguredVault vault, MemberKeys keys, int most) throws ArchiverException {
        Path root = root(directory, vault, keys);
        var found = new ArrayList<WalFile>();
        try {
            // "history" sorts before "wal"
            collect(root, found, most);
        } catch (IOException e) {
            throw LocalFiles.cannot("list", root, e);
        }
        return found;
    }

    /** The same without those of timelines on which the vault has another server's WAL. */
    List<WalFile> payable(ConfiguredVault vault, MemberKeys keys, int most) throws ArchiverException {
        Set<TimelineId> withheld = inConflict(vault, keys);
        if (withheld.isEmpty()) {
            return oldest(vault, keys, most);
        }
        return oldest(vault, keys, Integer.MAX_VALUE).stream()
                .filter(file -> !withheld.contains(file.timeline()))
                .limit(most)
                .toList();
    }

    /** Every debt of one timeline, in the order in which its server archives: its history, then WAL. */
    List<WalFile> on(ConfiguredVault vault, MemberKeys keys, TimelineId timeline) throws ArchiverException {
        if (!any(vault, keys)) {
            return List.of();
        }
        var found = new ArrayList<WalFile>();
        var history = new WalFile.TimelineHistoryFile(timeline);
        if (Files.exists(path(directory, vault, keys, history))) {
            found.add(history);
        }
        Path wal = directory
                .resolve(vault.fileName())
                .resolve(keys.timeline(timeline).value());
        try {
            collect(wal, found, Integer.MAX_VALUE);
        } catch (IOException e) {
            throw LocalFiles.cannot("list", wal, e);
        }
        return found;
    }

    /** Timelines on which the vault has another server's WAL, as far as a debt has come upon it. */
    Set<TimelineId> inConflict(ConfiguredVault vault, MemberKeys keys) throws ArchiverException {
        if (!Files.isDirectory(root(setAside, vault, keys))) {
            return Set.of();
        }
        return notes(vault, keys).stream()
                .filter(note -> note.code().equals(ErrorCode.CONFLICT.name()))
                .map(note -> note.file().timeline())
                .collect(Collectors.toSet());
    }

    private static void collect(Path below, List<WalFile> files, int most) throws IOException {
        for (String name : StateFiles.names(below)) {
            if (files.size() == most) {
                return;
            }
            Path path = below.resolve(name);
            if (Files.isDirectory(path)) {
                collect(path, files, most);
            } else {
                walFile(name).ifPresent(files::add);
            }
        }
    }

    /** Empty for what is not ours, and for a directory that has just gone. */
    private static Optional<WalFile> walFile(String name) {
        try {
            return Optional.of(WalFile.parse(name));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Forgets a debt that is paid. */
    public void settle(ConfiguredVault vault, MemberKeys keys, WalFile file) throws ArchiverException {
        for (Path base : List.of(directory, setAside)) {
            Path path = path(base, vault, keys, file);
            try {
                files.remove(path, base);
            } catch (IOException e) {
                throw LocalFiles.cannot("remove", path, e);
            }
        }
    }

    /** Sets a debt aside, with the reason. */
    public void setAside(ConfiguredVault vault, MemberKeys keys, WalFile file, ArchiverException reason)
            throws ArchiverException {
        Path path = path(setAside, vault, keys, file);
        try {
            files.write(path, (reason.code().name() + "\n" + reason.sentence()).getBytes(UTF_8));
            files.remove(path(directory, vault, keys, file), directory);
        } catch (IOException e) {
            throw LocalFiles.cannot("write", path, e);
        }
    }

    /** Makes debts of what was set aside, so that it is tried once more. */
    public void takeUpAgain(ConfiguredVault vault, MemberKeys keys) throws ArchiverException {
        for (Failed failed : setAside(vault, keys)) {
            WalFile file = WalFile.parse(failed.file());
            record(vault, keys, file);
            Path path = path(setAside, vault, keys, file);
            try {
                files.remove(path, setAside);
            } catch (IOException e) {
                throw LocalFiles.cannot("remove", path, e);
            }
        }
    }

    /** How many debts there are, without those that were set aside. Lists them. */
    public long count(ConfiguredVault vault, MemberKeys keys) throws ArchiverException {
        Path root = root(directory, vault, keys);
        try {
            return count(root);
        } catch (IOException e) {
            throw LocalFiles.cannot("list", root, e);
        }
    }

    private static long count(Path below) throws IOException {
        long count = 0;
        for (String name : StateFiles.names(below)) {
            Path path = below.resolve(name);
            count += Files.isDirectory(path) ? count(path) : 1;
        }
        return count;
    }

    /** What was set aside. Each took a person's attention, so there are few. */
    public List<Failed> setAside(ConfiguredVault vault, MemberKeys keys) throws ArchiverException {
        return notes(vault, keys).stream()
                .map(note -> new Failed(note.file().name(), note.reason()))
                .toList();
    }

    /** What is written of a debt that was set aside: the code of the reason in a line, and the reason. */
    private record Note(WalFile file, String code, String reason) {}

    private List<Note> notes(ConfiguredVault vault, MemberKeys keys) throws ArchiverException {
        Path root = root(setAside, vault, keys);
        var found = new ArrayList<WalFile>();
        try {
            collect(root, found, Integer.MAX_VALUE);
            var notes = new ArrayList<Note>();
            for (WalFile file : found) {
                String text = Files.readString(path(setAside, vault, keys, file));
                int line = text.indexOf('\n');
                notes.add(new Note(file, text.substring(0, Math.max(line, 0)), text.substring(line + 1)));
            }
            return notes;
        } catch (IOException e) {
            throw LocalFiles.cannot("list", root, e);
        }
    }

    private static Path root(Path base, ConfiguredVault vault, MemberKeys keys) {
        return base.resolve(vault.fileName()).resolve(keys.root().value());
    }

    private static Path path(Path base, ConfiguredVault vault, MemberKeys keys, WalFile file) {
        return base.resolve(vault.fileName()).resolve(keys.wal(file).value());
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
