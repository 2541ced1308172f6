package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3PlaceTest {

    @ParameterizedTest
    @CsvSource({
        "s3://bucket, bucket, ''",
        "s3://bucket/, bucket, ''",
        "s3://my.bucket_1/pg/main, my.bucket_1, pg/main",
        "s3://bucket/pg/main/, bucket, pg/main",
    })
    void bucketAndPrefixStandInTheUrl(String url, String bucket, String prefix) {
        S3Place location = S3Urls.place(url);

        assertThat(location.bucket()).isEqualTo(bucket);
        assertThat(location.prefix()).isEqualTo(prefix);
        assertThat(location.options()).isEqualTo(S3Options.none());
    }

    @Test
    void optionsStandInTheQuery() {
        var options = options("endpoint=https://s3.example.org:9000&region=eu-1&ca-file=/etc/a%26b.pem&sse=kms"
                + "&sse-kms-key-id=alias/x&lock-mode=compliance&lock-days-backup=30&limit-upload=20M&deadline=2m");

        assertThat(options.endpoint()).contains(URI.create("https://s3.example.org:9000"));
        assertThat(options.region()).contains("eu-1");
        assertThat(options.caFile()).contains(Path.of("/etc/a&b.pem"));
        assertThat(options.encryption()).isEqualTo(new S3Encryption.ByKeyService(Optional.of("alias/x")));
        S3Lock lock = options.lock().orElseThrow();
        assertThat(lock.mode()).isEqualTo(S3Lock.Mode.COMPLIANCE);
        assertThat(lock.walDays()).isEmpty();
        assertThat(lock.documentDays()).hasValue(30);
        assertThat(options.uploadLimit()).hasValue(20 << 20);
        assertThat(options.deadline()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void aPlusInAValueIsAPlus() {
        assertThat(options("credentials-file=/a+b%20c").credentialsFile()).contains(Path.of("/a+b c"));
    }

    @Test
    void anEndpointMeansPathStyleUnlessSaidOtherwise() {
        assertThat(options("region=eu-1").pathStyle()).isFalse();
        assertThat(options("endpoint=http://localhost:9000").pathStyle()).isTrue();
        assertThat(options("endpoint=http://localhost:9000&path-style=no").pathStyle())
                .isFalse();
    }

    @Test
    void aNamedProfileOrFileMeansJustThat() {
        assertThat(options("region=eu-1").credentials()).isEqualTo(S3Options.Credentials.AUTO);
        assertThat(options("profile=backup").credentials()).isEqualTo(S3Options.Credentials.PROFILE);
        assertThat(options("credentials-file=/k").credentials()).isEqualTo(S3Options.Credentials.PROFILE);
    }

    @Test
    void everyExampleAndEveryDefaultIsAValidValue() {
        assertThat(Stream.of(S3Option.values())).allSatisfy(option -> {
            option.check(option.example());
            option.builtIn().ifPresent(option::check);
            assertThat(S3Option.named(option.key())).isEqualTo(option);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "regio=eu-1 | an S3 URL has no option \"regio\"; did you mean \"region\"?",
                "region=a&region=b | option \"region\" stands twice in the S3 URL",
                "region | \"region\" in the S3 URL is no option; expected name=value",
                "checksum=sha1 | option \"checksum\" of the S3 URL cannot be \"sha1\": it is one of crc32c, md5, none",
                "part-size=1M | option \"part-size\" of the S3 URL cannot be \"1M\": it is a size from 5242880 bytes to 1G",
                "ca-file=ca.pem | option \"ca-file\" of the S3 URL cannot be \"ca.pem\": it is an absolute path",
                "client-cert-file=/a | options \"client-cert-file\" and \"client-key-file\" of the S3 URL go together",
                "sse=c | option \"sse=c\" of the S3 URL needs \"sse-c-key-file\"",
                "sse-kms-key-id=x | option \"sse-kms-key-id\" of the S3 URL needs \"sse=kms\"",
            })
    void whatCannotBeMeantIsRefusedWithTheReason(String query, String reason) {
        assertThatThrownBy(() -> options(query))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lock-days-wal=3",
                "lock-mode=governance",
                "lock-mode=governance&lock-days-wal=3&checksum=none",
                "credentials=instance&profile=x",
                "endpoint=s3.example.org:9000",
                "endpoint=https://user:secret@s3.example.org",
                "endpoint=https://s3.example.org/path"
            })
    void optionsThatContradictEachOtherOrAreNoEndpointAreRefused(String query) {
        assertThatThrownBy(() -> options(query)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3:bucket",
                "s3:///prefix",
                "s3://bucket:9000/x",
                "s3://bucket/a//b",
                "s3://bucket/../x",
                "s3://bucket/x#y",
                "https://bucket/x"
            })
    void whatIsNoBucketAndPrefixIsRefused(String url) {
        assertThatThrownBy(() -> S3Urls.place(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://AKIA123:geheim@bucket/x",
                "s3://AKIA123:ge/geheim@bucket/x",
                "https://AKIA123:geheim@s3.example.org/bucket",
                "s3://bucket/x?endpoint=https://AKIA123:geheim@s3.example.org",
                "s3://AKIA123:geheim@bucket/[",
            })
    void aSecretInAUrlIsRefusedAndNotRepeated(String url) {
        assertThatThrownBy(() -> S3Urls.place(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no access key")
                .hasMessageNotContaining("geheim");
    }

    private static S3Options options(String query) {
        return S3Urls.place("s3://bucket/x?" + query).options();
    }
}
