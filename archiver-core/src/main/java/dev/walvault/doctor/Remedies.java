package dev.walvault.doctor;

/**
 * What to do about a kind of store that fails a check.
 *
 * @param notOnce when a name can be given twice
 * @param stale when it does not show at once what was stored or deleted
 * @param damaged when it gives back other bytes
 * @param undecided when it does not say that an object is absent
 * @param noDelete what cannot be done while this host may not delete, and how to allow it
 */
public record Remedies(String notOnce, String stale, String damaged, String undecided, String noDelete) {

    public static Remedies ofFileSystem() {
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

    public static Remedies ofS3() {
        return new Remedies(
                "The service does not honour \"If-None-Match: *\". Use one that does, or add \"conditional-writes=no\" to"
                        + " the vault's URL: then it is asked before each write instead, and of two servers that write one"
                        + " name at the same moment the later one wins unnoticed.",
                "The service answers with what was true before. Use one with strong read-after-write consistency, or the"
                        + " main site of a replicated bucket.",
                "Something between this host and the service changes bytes; do not store backups here.",
                "Without the right to list, S3 answers 403 for what is absent: allow s3:ListBucket on the bucket"
                        + " (\"walvault doctor --policies\" prints the whole policy).",
                "Without s3:DeleteObject this host cannot repair a damaged segment or clean up after a backup that failed,"
                        + " and expiry has to run elsewhere, as it should where a stolen database host must not delete.");
    }
}
