package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.pg.RelationFile.Fork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelationFileTest {

    @ParameterizedTest
    @CsvSource({
        "16384, 16384, MAIN, 0, false",
        "16384.1, 16384, MAIN, 1, false",
        "16384_fsm, 16384, FREE_SPACE_MAP, 0, false",
        "16384_vm.12, 16384, VISIBILITY_MAP, 12, false",
        "16384_init, 16384, INIT, 0, false",
        "4294967295, 4294967295, MAIN, 0, false",
        "t3_16400, 16400, MAIN, 0, true",
        "t12_16400_fsm.2, 16400, FREE_SPACE_MAP, 2, true",
    })
    void namesOfRelationsAreRead(String name, long number, Fork fork, int segment, boolean temporary) {
        assertThat(RelationFile.of(name)).contains(new RelationFile(number, fork, segment, temporary));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "016384",
                "4294967296",
                "99999999999",
                "16384.",
                "16384.0",
                "16384.01",
                "16384_",
                "16384_foo",
                "16384.1_fsm",
                "t_16384",
                "t3_",
                "PG_VERSION",
                "pg_filenode.map",
                "pg_internal.init",
                "16384 ",
                "INCREMENTAL.16384",
            })
    void otherNamesAreNoRelations(String name) {
        assertThat(RelationFile.of(name)).isEmpty();
    }

    @Test
    void blocksAreCountedThroughAllSegments() {
        assertThat(RelationFile.of("16384.32767").orElseThrow().firstBlock(131072))
                .isEqualTo(4294836224L);
        assertThatThrownBy(() -> new RelationFile(0, Fork.MAIN, 0, false)).isInstanceOf(IllegalArgumentException.class);
    }
}
