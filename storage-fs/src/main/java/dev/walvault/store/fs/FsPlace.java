package dev.walvault.store.fs;

import dev.walvault.ArchiverException;
import dev.walvault.FileNames;
import dev.walvault.examine.Checks;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Place;
import dev.walvault.store.Policies;
import dev.walvault.store.Remedies;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A directory of this machine or of a network file system; {@code file:///backup/pg} or just {@code /backup/pg}. */
public record FsPlace(Path root) implements Place {

    @Override
    public String identity() {
        return toString();
    }

    @Override
    public boolean isBare() {
        return true;
    }

    @Override
    public Optional<Path> directory() {
        return Optional.of(root);
    }

    @Override
    public ObjectStore open(Opening opening) throws ArchiverException {
        return FsStore.open(root, opening.limits());
    }

    @Override
    public void make() throws ArchiverException {
        FsStore.createRoot(root);
    }

    @Override
    public Checks checks(ObjectKey cluster, Optional<Path> pgdata) {
        return FsChecks.of(root, pgdata);
    }

    @Override
    public Optional<Policies> policies() {
        return Optional.empty();
    }

    @Override
    public List<SecretFile> secretFiles() {
        return List.of();
    }

    @Override
    public Optional<String> keyVariable() {
        return Optional.empty();
    }

    @Override
    public Remedies remedies() {
        return new Remedies(
                "Use a file system with working hard links (ext4, XFS, ZFS, NFS); two servers could overwrite each"
                        + " other's WAL here.",
                "Mount it without client-side caching of names (NFS: lookupcache=none, or actimeo=0).",
                "Check the disk and the memory of the host, and the network between; do not store backups here.",
                "Give this user the rights to search and to read all directories of the vault.",
                "Without the right to delete, this host cannot repair a damaged segment or clean up after a backup that"
                        + " failed, and expiry has to run elsewhere. If that is not on purpose, make this user the owner of"
                        + " the vault.");
    }

    /** The URL. */
    @Override
    public String toString() {
        return "file://" + FileNames.text(root);
    }
}
