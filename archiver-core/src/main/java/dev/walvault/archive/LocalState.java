package dev.walvault.archive;

import dev.walvault.FileNames;
import dev.walvault.host.Disk;
import dev.walvault.host.StateFiles;
import dev.walvault.seal.ContentDigest;
import dev.walvault.vault.DocumentMemory;
import dev.walvault.vault.OwnFiles;
import dev.walvault.vaults.ConfiguredVault;
import dev.walvault.vaults.VaultsState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/** What this host remembers between two calls: below one directory, made when it is needed. */
public final class LocalState {
    private final Path directory;
    private final InstantSource clock;
    private final StateFiles files;
    private final VaultsState vaults;
    private final Arrivals arrivals;
    private final AbsenceMarks absences;
    private final ForkMarks forks;
    private final ElsewhereMarks elsewhere;

    private LocalState(Path directory, InstantSource clock, Disk disk) {
        this.directory = directory;
        this.clock = clock;
        this.files = new StateFiles(disk, clock);
        this.vaults = VaultsState.in(directory, files, this::isOwn, clock);
        this.absences = new AbsenceMarks(files, directory.resolve("absent"), this::isOwn, clock);
        this.forks = new ForkMarks(files, directory.resolve("forks"), this::isOwn, clock);
        this.elsewhere = new ElsewhereMarks(files, directory.resolve("elsewhere"), this::isOwn);
        this.arrivals = new Arrivals(files, directory.resolve("arriving"), clock);
    }

    /** {@code directory} may be shared by several servers of one operating-system user. */
    public static LocalState in(Path directory, InstantSource clock) {
        return in(directory, clock, Disk.ofThisHost());
    }

    /** The same, on this disk. */
    public static LocalState in(Path directory, InstantSource clock, Disk disk) {
        return new LocalState(directory, clock, disk);
    }

    /** What is remembered of the vaults. */
    public VaultsState vaults() {
        return vaults;
    }

    /**
     * What was stored before it was asked for, out of this directory of a server; each server that shares this state
     * has its own.
     */
    Acknowledgements acknowledgements(Path walDirectory) throws IOException {
        return new Acknowledgements(files, directory.resolve("ahead").resolve(nameOf(walDirectory)), this::isOwn);
    }

    Path directory() {
        return directory;
    }

    Instant now() {
        return clock.instant();
    }

    AbsenceMarks absences() {
        return absences;
    }

    ForkMarks forks() {
        return forks;
    }

    ElsewhereMarks elsewhere() {
        return elsewhere;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    /**
     * Whether only this user can have written a file of this state, and put it there. What others can write is not
     * believed.
     */
    public boolean isOwn(Path file) {
        return OwnFiles.isOwnUpTo(file, directory);
    }

    /** Whether it is there and others can write to it: then nothing in it is believed. */
    public boolean isForeign() {
        return Files.exists(directory) && !OwnFiles.isOwn(directory);
    }

    /** For what is fetched before it is asked for. */
    public Path prefetchDirectory() {
        return directory.resolve("prefetch");
    }

    /** Of a vault that charges for questions. */
    public DocumentMemory memoryOf(ConfiguredVault vault) {
        return isForeign()
                ? DocumentMemory.none()
                : DocumentMemory.in(directory.resolve("memory").resolve(vault.fileName()), clock);
    }

    /** A file name for the server whose {@code pg_wal} this is. */
    static String nameOf(Path walDirectory) throws IOException {
        return ContentDigest.of(FileNames.encode(FileNames.text(walDirectory.toRealPath())))
                .hex();
    }
}
