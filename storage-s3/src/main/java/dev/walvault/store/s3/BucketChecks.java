package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.StoreException;
import dev.walvault.examine.Finding;
import java.net.URI;

/** Whether the bucket is set up for what the vault's URL demands, and what else its settings mean for a vault. */
final class BucketChecks {
    private final S3Place location;

    BucketChecks(S3Place location) {
        this.location = location;
    }

    @FunctionalInterface
    private interface Look {
        Finding look() throws ArchiverException;
    }

    Finding versioning(String check, BucketSettings settings) throws ArchiverException {
        return ifAllowed(check, "s3:GetBucketVersioning", () -> switch (settings.versioning()) {
            case BucketSettings.Versioning.Off _ -> Finding.ok(check, "off: what is deleted is gone");
            case BucketSettings.Versioning.Suspended _ ->
                Finding.ok(
                        check,
                        "suspended: old versions stay and are paid for until a lifecycle rule"
                                + " (NoncurrentVersionExpiration) removes them");
            case BucketSettings.Versioning.On _ ->
                Finding.ok(
                        check,
                        "on: what is deleted stays as an old version and is paid for until a lifecycle rule"
                                + " (NoncurrentVersionExpiration) removes it");
            case BucketSettings.Untold(String why) -> Finding.skipped(check, why);
        });
    }

    Finding lock(String check, BucketSettings settings) throws ArchiverException {
        boolean wanted = location.options().lock().isPresent();
        return ifAllowed(check, "s3:GetBucketObjectLockConfiguration", () -> switch (settings.lock()) {
            case BucketSettings.Lock.None _ ->
                wanted ? missing(check) : Finding.ok(check, "the bucket has none, and none is asked for");
            case BucketSettings.Lock.Possible(var byDefault) ->
                Finding.ok(
                        check,
                        "the bucket has it"
                                + byDefault
                                        .map(each -> "; what is stored without a lock gets one of " + each)
                                        .orElse("")
                                + (wanted ? "" : "; the vault's URL asks for no locks (\"lock-mode\")"));
            case BucketSettings.Untold(String why) -> Finding.skipped(check, why);
        });
    }

    private Finding missing(String check) {
        String bucket = "--bucket " + location.bucket()
                + location.options()
                        .endpoint()
                        .map(URI::toString)
                        .map(each -> " --endpoint-url " + each)
                        .orElse("");
        return Finding.failed(
                check,
                ErrorCode.STORE_UNFIT,
                "the vault's URL asks for locks (\"lock-mode\"), but bucket \"" + location.bucket()
                        + "\" has no Object Lock",
                "aws s3api put-bucket-versioning " + bucket + " --versioning-configuration Status=Enabled && aws s3api"
                        + " put-object-lock-configuration " + bucket
                        + " --object-lock-configuration ObjectLockEnabled=Enabled; where the service allows that only for a"
                        + " new bucket: aws s3api create-bucket --object-lock-enabled-for-bucket. Or remove the options"
                        + " \"lock-…\" from the URL.");
    }

    /** No policy of ours has these rights, so to be refused is as it should be. */
    private static Finding ifAllowed(String check, String right, Look look) throws ArchiverException {
        try {
            return look.look();
        } catch (StoreException e) {
            if (e.code() != ErrorCode.STORE_DENIED) {
                throw e;
            }
            return Finding.skipped(check, "this access key may not ask (" + right + "), and need not");
        }
    }
}
