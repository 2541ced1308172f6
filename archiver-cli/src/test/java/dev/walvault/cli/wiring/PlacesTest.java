package dev.walvault.cli.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.cli.settings.VaultUrls;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlacesTest {
    private static final String CEPH = "s3://bucket/pg?endpoint=https://ceph.example.org&region=eu";

    private static Places of(String... urls) {
        return new Places(Stream.of(urls).map(VaultUrls::place).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "01, 1",
        "/backup/pg, 1",
        "/backup/pg/, 1",
        "file:///backup/pg, 1",
        "s3://bucket/pg, 2",
        "s3://bucket/pg/, 2",
        "s3://bucket/pg?endpoint=https://ceph.example.org, 2",
        "s3://bucket/pg?endpoint=https://ceph.example.org&checksum=md5, 2",
        "s3://other, 3",
        "s3://other?region=us-east-1, 3",
    })
    void aVaultIsNamedByItsNumberOrByItsUrlHoweverItIsSpelled(String text, int number) throws Exception {
        assertThat(of("/backup/pg", CEPH, "s3://other?region=eu-central-1").number(text))
                .isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "3",
                "/backup",
                "s3://bucket/pg?region=eu",
                "s3://bucket",
                "s3://bucket/pg?endpoint=http://x"
            })
    void whatIsNotConfiguredIsRefusedWithWhatThereIs(String text) {
        Faults.of(() -> of("/backup/pg", CEPH).number(text))
                .is(ErrorCode.USAGE)
                .says("there is no vault \"" + text + "\"; there are 1 (file:///backup/pg), 2 (s3://bucket/pg)");
    }

    @Test
    void aUrlWithoutOptionsThatNamesTwoVaultsIsRefused() throws Exception {
        Places places = of(CEPH, "s3://bucket/pg?endpoint=https://minio.example.org");

        Faults.of(() -> places.number("s3://bucket/pg")).is(ErrorCode.USAGE);
        Faults.of(() -> places.any("s3://bucket/pg")).is(ErrorCode.USAGE);
        assertThat(of(CEPH, "s3://bucket/pg?region=eu").number("s3://bucket/pg"))
                .as("the one of Amazon")
                .isEqualTo(2);
    }

    @Test
    void whereAnyPlaceWillDoAUrlWithOptionsIsTakenAsItStands() throws Exception {
        Places places = of("/backup/pg", CEPH);
        String tried = CEPH + "&checksum=md5";

        assertThat(places.any("s3://bucket/pg")).isEqualTo(VaultUrls.place(CEPH));
        assertThat(places.any("2")).isEqualTo(VaultUrls.place(CEPH));
        assertThat(places.any(tried)).isEqualTo(VaultUrls.place(tried));
        assertThat(places.any("/elsewhere")).isEqualTo(VaultUrls.place("/elsewhere"));
        assertThat(places.numberOf(VaultUrls.place(tried))).hasValue(2);
    }
}
