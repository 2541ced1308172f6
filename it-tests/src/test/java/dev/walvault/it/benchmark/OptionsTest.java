package dev.walvault.it.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void withoutOptionsEverythingIsMeasuredAtFullSize() {
        var options = Options.parse();

        assertThat(options.segments()).isEqualTo(64);
        assertThat(options.clusterMegabytes()).isEqualTo(5 * 1024);
        assertThat(Options.GROUPS).allMatch(options::asksFor);
        assertThat(options.page()).isEmpty();
    }

    @Test
    void aSizeThatIsGivenWinsOverTheQuickOne() {
        assertThat(Options.parse("--quick").clusterMegabytes()).isEqualTo(200);
        assertThat(Options.parse("--cluster-size", "2GB", "--quick").clusterMegabytes())
                .isEqualTo(2048);
    }

    @Test
    void onlyWhatIsNamedIsMeasured() {
        var options = Options.parse("--only", "push,backup");

        assertThat(Options.GROUPS).filteredOn(options::asksFor).containsExactly("push", "backup");
    }

    @Test
    void whatIsNoOptionIsRefused() {
        refused("unknown option \"--fast\"", "--fast");
        refused("needs a value", "--native");
        refused("a size is", "--cluster-size", "5 TB");
        refused("the groups are", "--only", "push,pull");
    }

    private static void refused(String why, String... arguments) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(arguments))
                .withMessageContaining(why);
    }
}
