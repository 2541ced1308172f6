package dev.walvault.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Retry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsErrorsTest {
    @TempDir
    private Path directory;

    @Test
    void everyErrorHasTheCodeThatTellsWhatToDo() {
        assertTranslated(
                new FileSystemException("f", null, "Disk quota exceeded"), ErrorCode.STORE_FULL, Retry.UNKNOWN);
        assertTranslated(new IOException("No space left on device"), ErrorCode.STORE_FULL, Retry.UNKNOWN);
        assertTranslated(new FileSystemException("f", null, "Read-only file system"), ErrorCode.STORE_DENIED, Retry.NO);
        assertTranslated(
                new FileSystemException("f", null, "Operation not permitted"), ErrorCode.STORE_DENIED, Retry.NO);
        assertTranslated(new AccessDeniedException("f"), ErrorCode.STORE_DENIED, Retry.NO);
        assertTranslated(new FileSystemException("f", null, "File name too long"), ErrorCode.STORE_DENIED, Retry.NO);
        assertTranslated(new IOException("Input/output error"), ErrorCode.STORE_UNREACHABLE, Retry.YES);
        assertTranslated(new IOException("Stale file handle"), ErrorCode.STORE_UNREACHABLE, Retry.YES);
        assertTranslated(new ClosedByInterruptException(), ErrorCode.CANCELLED, Retry.NO);
    }

    @Test
    void theMessageIsInTheStyleOfPostgres() {
        assertThat(translate(new AccessDeniedException("/x/y")))
                .hasMessage("could not write \"file:///x\": permission denied");
        assertThat(translate(new FileSystemException("/x/y", "/z", "Stale file handle")))
                .hasMessage("could not write \"file:///x\": stale file handle");
    }

    @Test
    void whatTheKernelSaysOfAFullDeviceIsUnderstood() throws Exception {
        try (var full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            IOException thrown =
                    catchThrowableOfType(IOException.class, () -> full.write(ByteBuffer.wrap(new byte[1])));

            assertThat(translate(thrown).code()).isEqualTo(ErrorCode.STORE_FULL);
        }
    }

    private void assertTranslated(IOException e, ErrorCode code, Retry retry) {
        ArchiverException translated = translate(e);

        assertThat(translated.code()).isEqualTo(code);
        assertThat(translated.retry()).isEqualTo(retry);
        assertThat(translated.hint()).isPresent();
        assertThat(translated).hasCause(e);
    }

    private ArchiverException translate(IOException e) {
        return FsErrors.translate("could not write \"file:///x\"", directory, e);
    }
}
