package dev.walvault.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ConfigurationException;
import dev.walvault.vault.TablespaceLocation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TablespaceMappingTest {

    private static final List<TablespaceLocation> TWO =
            List.of(new TablespaceLocation(16400, "/ts/a"), new TablespaceLocation(16401, "/ts/b=c"));

    private static Map<Long, Path> resolve(List<String> entries, Optional<String> all) throws ConfigurationException {
        return TablespaceMapping.parse(entries, all).resolve(TWO);
    }

    @Test
    void aTablespaceIsNamedByItsPathOrItsOid() throws Exception {
        assertThat(resolve(List.of("/ts/a/=/new/a", "16401=/new/b"), Optional.empty()))
                .containsExactly(Map.entry(16400L, Path.of("/new/a")), Map.entry(16401L, Path.of("/new/b")));
    }

    @Test
    void anEqualsSignOfAPathIsEscaped() throws Exception {
        assertThat(resolve(List.of("/ts/b\\=c=/new\\=b"), Optional.empty()))
                .containsExactly(Map.entry(16401L, Path.of("/new=b")));
    }

    @Test
    void allTakesWhatIsNotNamed() throws Exception {
        assertThat(resolve(List.of("16401=/new/b"), Optional.of("/all")))
                .containsExactly(Map.entry(16400L, Path.of("/all/16400")), Map.entry(16401L, Path.of("/new/b")));
    }

    @Test
    void aTablespaceThatIsNotThereIsAnErrorWithTheKnownOnes() {
        assertThatThrownBy(() -> resolve(List.of("/ts/x=/new"), Optional.empty()))
                .hasMessageContaining("/ts/x")
                .satisfies(e -> assertThat(((ConfigurationException) e).detail())
                        .hasValueSatisfying(detail -> assertThat(detail).contains("16400 at \"/ts/a\"")));
    }

    @Test
    void nonsenseIsRefused() {
        for (String entry : List.of("/ts/a", "/ts/a=new", "=/new", "/ts/a=/x=/y", "a=/new", "/ts/a=/new\nline")) {
            assertThatThrownBy(() -> resolve(List.of(entry), Optional.empty()))
                    .as(entry)
                    .isInstanceOf(ConfigurationException.class);
        }
        assertThatThrownBy(() -> resolve(List.of(), Optional.of("relative")))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void aPlaceThatCannotBeTakenAgainIsMovedByItsOid() throws Exception {
        List<TablespaceLocation> odd = List.of(new TablespaceLocation(16400, "/ts/line\nfeed"));

        assertThat(TablespaceMapping.parse(List.of("16400=/new"), Optional.empty())
                        .resolve(odd))
                .containsExactly(Map.entry(16400L, Path.of("/new")));
        assertThat(TablespaceMapping.parse(List.of(), Optional.of("/all")).resolve(odd))
                .containsExactly(Map.entry(16400L, Path.of("/all/16400")));
        assertThatThrownBy(() -> TablespaceMapping.NONE.resolve(odd))
                .hasMessageContaining("16400")
                .satisfies(e -> assertThat(((ConfigurationException) e).hint())
                        .hasValueSatisfying(hint -> assertThat(hint).contains("--tablespace-mapping 16400=NEW")));
    }

    @Test
    void twoTablespacesCannotShareAPlace() {
        assertThatThrownBy(() -> resolve(List.of("16400=/new", "16401=/new"), Optional.empty()))
                .hasMessageContaining("two tablespaces");
        assertThatThrownBy(() -> resolve(List.of("16400=/ts/b\\=c"), Optional.empty()))
                .hasMessageContaining("two tablespaces");
    }
}
