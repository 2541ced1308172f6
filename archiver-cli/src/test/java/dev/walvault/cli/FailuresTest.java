package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import java.io.IOException;
import java.security.ProviderException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void aLibraryThatCannotBeUnpackedIsATroubleOfTheHost() {
        var failure = Failures.notLoaded(
                new ExceptionInInitializerError("Cannot unpack libzstd-jni-1.5.7-10: No space left on device"));

        assertThat(failure.code()).isEqualTo(ErrorCode.LOCAL_FILE);
        assertThat(failure)
                .hasMessage("a library of the program could not be loaded:"
                        + " Cannot unpack libzstd-jni-1.5.7-10: No space left on device");
        assertThat(failure.hint()).get().asString().contains(System.getProperty("java.io.tmpdir"));
    }

    @Test
    void theReasonIsThatOfTheCauseWhereTheErrorItselfSaysNone() {
        var failure = Failures.notLoaded(new ExceptionInInitializerError(new IOException("Permission denied")));

        assertThat(failure).hasMessage("a library of the program could not be loaded: Permission denied");
    }

    @Test
    void randomNumbersThatCannotBeReadAreATroubleOfTheHost() {
        var unread = new ProviderException("init failed", new IOException("Permission denied"));

        assertThat(Failures.bug(unread).code()).isEqualTo(ErrorCode.LOCAL_FILE);
        assertThat(Failures.bug(new IllegalStateException(unread)).code()).isEqualTo(ErrorCode.LOCAL_FILE);
        assertThat(Failures.bug(new ProviderException("init failed")).code()).isEqualTo(ErrorCode.BUG);
    }
}
