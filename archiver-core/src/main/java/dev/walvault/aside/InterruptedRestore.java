package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.OwnLine;
import dev.walvault.ShellWord;
import dev.walvault.host.Disk;
import dev.walvault.pg.ControlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a restore that did not come to its end has left of a data directory, and the way back. */
public final class InterruptedRestore {
    private InterruptedRestore() {}

    /**
     * Returns if the directory has a control file, which comes last, or if no restore has kept it from having one.
     *
     * @throws HostException DIRECTORY_IN_USE if a restore was interrupted there
     */
    public static void requireNone(Path directory) throws ArchiverException {
        if (!Files.isReadable(directory) || Files.exists(directory.resolve(ControlFile.PATH))) {
            return;
        }
        Path data = InPlace.real(directory);
        Optional<SetAside> left = new Journals(data, new Changes(Disk.ofThisHost()))
                .all().stream()
                        .filter(each -> each.state() != SetAside.State.RESTORED)
                        .findFirst();
        if (left.isPresent() || OwnNames.isBeingReplaced(data)) {
            throw inPlace(data, left.map(SetAside::kept).orElse(true));
        }
        Path marker = data.resolve(OwnNames.RESTORE_MARKER);
        if (Files.exists(marker)) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "\"" + directory + "\" has an interrupted restore")
                    .hint("If none is at work there, remove what \"" + marker + "\" lists, and restore again.")
                    .host();
        }
    }

    private static HostException inPlace(Path data, boolean kept) {
        if (isAtWork(data)) {
            return Fault.of(ErrorCode.DIRECTORY_IN_USE, "a restore in place is at work in \"" + data + "\"")
                    .hint("Wait until it has finished.")
                    .host();
        }
        var fault = Fault.of(ErrorCode.DIRECTORY_IN_USE, "\"" + data + "\" has an interrupted restore in place");
        return kept
                ? fault.detail("what was there before is moved aside, and safe")
                        .hint("Run the restore again, or put back what was there before:"
                                + OwnLine.of("walvault restore --undo-in-place -D " + ShellWord.of(data)))
                        .host()
                : fault.detail("what was there before was removed, as --replace says, except its WAL")
                        .hint("Run the restore again, with --in-place.")
                        .host();
    }

    /** In doubt it is not: who tries then is told by the lock. */
    private static boolean isAtWork(Path data) {
        Path lock = data.resolve(OwnNames.LOCK);
        if (!Files.exists(lock)) {
            return false;
        }
        try {
            Optional<LockedFile> taken = LockedFile.take(lock, Disk.ofThisHost());
            if (taken.isPresent()) {
                taken.get().release();
            }
            return taken.isEmpty();
        } catch (IOException _) {
            return false;
        }
    }
}
