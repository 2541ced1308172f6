package dev.walvault.store.s3;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/** One bucket of the test server: its URLs for the driver, and what is in it by a client that is not the driver. */
public record S3Bucket(S3Server server, String name) {

    /** The URL of a vault in this bucket, straight to the server; {@code options} are {@code name=value}. */
    public String location(String prefix, String... options) {
        return locationAt(server.endpoint(), prefix, options);
    }

    /** The same over TLS, trusting the server's authority. */
    public String secureLocation(String prefix, String... options) {
        return urlOf(
                prefix,
                options,
                Map.of(
                        "endpoint", server.secureEndpoint().toString(),
                        "ca-file", server.authority().toString()));
    }

    /** The same by way of {@code endpoint}, which is a {@link FaultProxy}'s as a rule. */
    public String locationAt(URI endpoint, String prefix, String... options) {
        return urlOf(prefix, options, Map.of("endpoint", endpoint.toString()));
    }

    /** An option of a location that names a file. */
    public static String option(String name, Path file) {
        return name + "=" + file;
    }

    public List<String> keys() {
        return server.client().listObjectsV2Paginator(request -> request.bucket(name)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    public byte[] bytes(String key) {
        return server.client()
                .getObjectAsBytes(request -> request.bucket(name).key(key))
                .asByteArray();
    }

    public void put(String key, byte[] bytes) {
        server.client().putObject(request -> request.bucket(name).key(key), RequestBody.fromBytes(bytes));
    }

    public void delete(String key) {
        server.client().deleteObject(request -> request.bucket(name).key(key));
    }

    /** The keys of multipart uploads that are neither completed nor aborted. */
    public List<String> uploads() {
        return server.client().listMultipartUploads(request -> request.bucket(name)).uploads().stream()
                .map(MultipartUpload::key)
                .toList();
    }

    private String urlOf(String prefix, String[] options, Map<String, String> place) {
        Map<String, String> all = new LinkedHashMap<>(place);
        all.put("region", "us-east-1");
        all.put("credentials-file", server.credentialsFile().toString());
        for (String option : options) {
            int equals = option.indexOf('=');
            all.put(option.substring(0, equals), option.substring(equals + 1));
        }
        return "s3://" + name + "/" + prefix
                + all.entrySet().stream()
                        .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&", "?", ""));
    }
}
