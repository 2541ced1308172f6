package dev.walvault.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import java.io.IOException;
import java.security.ProviderException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "backup|There is no backup of this run.",
                "restore|Nothing is restored.",
                "copy|Run it again",
                "salvage|Run it again"
            })
    void whoInterruptsACommandIsToldWhatHasBecomeOfIt(String command, String told) {
        var interrupted = Fault.of(ErrorCode.CANCELLED, "interrupted").lock();

        assertThat(Failures.explained(command, interrupted).detail())
                .get()
                .asString()
                .contains(told);
        assertThat(Failures.explained("info", interrupted)).isSameAs(interrupted);
        assertThat(Failures.explained(command, Fault.of(ErrorCode.BUG, "x").bug())
                        .detail())
                .isEmpty();
    }

    @Test
    void randomNumbersThatCannotBeReadAreATroubleOfTheHost() {
        var unread = new ProviderException("init failed", new IOException("Permission denied"));

        assertThat(Failures.bug(unread).code()).isEqualTo(ErrorCode.LOCAL_FILE);
        assertThat(Failures.bug(new IllegalStateException(unread)).code()).isEqualTo(ErrorCode.LOCAL_FILE);
        assertThat(Failures.bug(new ProviderException("init failed")).code()).isEqualTo(ErrorCode.BUG);
    }
}
