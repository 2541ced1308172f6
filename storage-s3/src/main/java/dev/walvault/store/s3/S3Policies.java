package dev.walvault.store.s3;

import dev.walvault.store.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The least that S3 has to allow, as IAM policy documents in JSON: one for the hosts that push WAL and take backups,
 * which may not delete; one for those that restore, which may not write; one for the host that expires.
 *
 * <p>{@code s3:ListBucket} has no condition on the prefix, on purpose: S3 answers 404 for what is absent only to those
 * who may list, and with such a condition it may answer 403 instead, so that recovery could never be told that WAL
 * ends. Who shares the bucket sees names, nothing else.
 */
final class S3Policies {
    private static final String PUT = "s3:PutObject";
    private static final String GET = "s3:GetObject";
    private static final String DELETE = "s3:DeleteObject";
    private static final String ABORT = "s3:AbortMultipartUpload";
    private static final String LIST = "s3:ListBucket";
    private static final String UPLOADS = "s3:ListBucketMultipartUploads";
    private static final String LOCK = "s3:PutObjectRetention";

    private S3Policies() {}

    private record Statement(String sid, List<String> actions, String resource, Optional<String> condition) {
        String json() {
            return """
                        {
                          "Sid": "%s",
                          "Effect": "Allow",
                          "Action": [%s],
                          "Resource": "%s"%s
                        }""".formatted(
                    sid,
                    actions.stream().map(each -> '"' + each + '"').collect(Collectors.joining(", ")),
                    resource,
                    condition.map(each -> ",\n      \"Condition\": " + each).orElse("")).stripIndent();
        }
    }

    /** The policies of a vault at this place. */
    static Policies of(S3Place location) {
        var writing = new ArrayList<>(List.of(PUT, GET, ABORT));
        if (location.options().lock().isPresent()) {
            writing.add(LOCK);
        }
        return new Policies(
                "S3",
                "IAM policies",
                document(location, writing, List.of(LIST, UPLOADS), List.of("kms:GenerateDataKey", "kms:Decrypt")),
                document(location, List.of(GET), List.of(LIST), List.of("kms:Decrypt")),
                document(location, List.of(GET, DELETE, ABORT), List.of(LIST, UPLOADS), List.of("kms:Decrypt")));
    }

    private static String document(
            S3Place location, List<String> onObjects, List<String> onBucket, List<String> onKey) {
        String bucket = "arn:aws:s3:::" + location.bucket();
        String objects = bucket + (location.prefix().isEmpty() ? "/*" : "/" + location.prefix() + "/*");
        var statements = new ArrayList<Statement>();
        statements.add(new Statement("WalvaultObjects", onObjects, objects, Optional.empty()));
        statements.add(new Statement("WalvaultBucket", onBucket, bucket, Optional.empty()));
        if (location.options().encryption() instanceof S3Encryption.ByKeyService(Optional<String> key)) {
            // the account's own key needs no right
            key.ifPresent(id -> statements.add(ofKey(id, onKey)));
        }
        return "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n"
                + statements.stream()
                        .map(each -> each.json().indent(4).stripTrailing())
                        .collect(Collectors.joining(",\n"))
                + "\n  ]\n}\n";
    }

    private static Statement ofKey(String id, List<String> actions) {
        if (id.startsWith("arn:") && id.contains(":key/")) {
            return new Statement("WalvaultKey", actions, id, Optional.empty());
        }
        int alias = id.indexOf("alias/");
        return alias < 0
                ? new Statement("WalvaultKey", actions, "arn:aws:kms:*:*:key/" + id, Optional.empty())
                : new Statement(
                        "WalvaultKey",
                        actions,
                        "arn:aws:kms:*:*:key/*",
                        Optional.of("{\"ForAnyValue:StringEquals\": {\"kms:ResourceAliases\": \"" + id.substring(alias)
                                + "\"}}"));
    }
}
