package dev.walvault.store;

/**
 * The least that a service has to allow, each as a document in the service's own form.
 *
 * @param service who has to allow it
 * @param form what these documents are called there
 * @param pushing for hosts that push WAL and take backups
 * @param restoring for hosts that restore
 * @param expiring for the host that expires
 */
public record Policies(String service, String form, String pushing, String restoring, String expiring) {}
