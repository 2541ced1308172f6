package dev.walvault.vault;

import dev.walvault.ArchiverException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The base backups of one system as they were listed, oldest first.
 *
 * @param incomplete what has no {@code complete.json}: being taken at this moment, or left by a process that was killed
 * @param unreadable whose {@code complete.json} cannot be used, or that lack a part; the other backups are none the
 *     worse for it
 */
public record BackupList(List<Backup> complete, List<BackupId> incomplete, List<Unreadable> unreadable) {

    /** A backup that cannot be used, and why. */
    public record Unreadable(BackupId id, ArchiverException reason) {}

    public BackupList {
        complete = List.copyOf(complete);
        incomplete = List.copyOf(incomplete);
        unreadable = List.copyOf(unreadable);
    }

    /** The same, without those that lack something: where the backups are looked for, {@code lacking} tells what. */
    public BackupList without(Lacking lacking) throws ArchiverException {
        var sound = new ArrayList<Backup>();
        var unusable = new ArrayList<>(unreadable);
        for (Backup backup : complete) {
            Optional<ArchiverException> reason = lacking.of(backup);
            if (reason.isPresent()) {
                unusable.add(new Unreadable(backup.id(), reason.get()));
            } else {
                sound.add(backup);
            }
        }
        return new BackupList(sound, incomplete, unusable);
    }

    /** Says why a backup whose document is sound cannot be used. */
    @FunctionalInterface
    public interface Lacking {
        Optional<ArchiverException> of(Backup backup) throws ArchiverException;
    }

    /** Those of several vaults: complete is what is so in one of them. */
    public static BackupList together(List<BackupList> lists) {
        var complete = new TreeMap<BackupId, Backup>();
        var unreadable = new TreeMap<BackupId, Unreadable>();
        var incomplete = new TreeSet<BackupId>();
        for (BackupList list : lists) {
            list.complete.forEach(backup -> complete.putIfAbsent(backup.id(), backup));
            list.unreadable.forEach(each -> unreadable.putIfAbsent(each.id(), each));
            incomplete.addAll(list.incomplete);
        }
        unreadable.keySet().removeAll(complete.keySet());
        incomplete.removeAll(complete.keySet());
        incomplete.removeAll(unreadable.keySet());
        return new BackupList(
                new ArrayList<>(complete.values()), new ArrayList<>(incomplete), new ArrayList<>(unreadable.values()));
    }
}
