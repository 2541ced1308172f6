package dev.walvault.store;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.StoreException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeletionTest {
    private final StoreException locked = Fault.of(ErrorCode.STORE_DENIED, "it is locked")
            .detail("until June")
            .store();

    @Test
    void whatIsAllGoneIsNoError() {
        assertThatCode(new Deletion(Map.of())::orThrow).doesNotThrowAnyException();
    }

    @Test
    void whatFailedIsTheErrorOfTheFirstAndSaysHowManyMore() {
        Faults.of(Deletion.failed(List.of(ObjectKey.of("a")), locked)::orThrow).is(ErrorCode.STORE_DENIED);
        Faults.of(Deletion.failed(List.of(ObjectKey.of("a"), ObjectKey.of("b")), locked)::orThrow)
                .is(ErrorCode.STORE_DENIED)
                .says("it is locked", "until June; one more object could not be deleted either");
    }
}
