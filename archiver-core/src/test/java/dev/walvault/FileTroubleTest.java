package dev.walvault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FileTroubleTest {
    @Test
    void whoMayNotReadAFileIsToldThatAndNotTheNameOnceMore() {
        assertThat(FileTrouble.reason(new AccessDeniedException("/x/key")))
                .isEqualTo("permission denied to \"" + System.getProperty("user.name") + "\"");
        assertThat(FileTrouble.named(new AccessDeniedException("/x/key"))).startsWith("\"/x/key\": permission denied");
    }

    @Test
    void whatTheKernelSaysIsKept() {
        var loop = new FileSystemException("/x/key", null, "Too many levels of symbolic links");

        assertThat(FileTrouble.reason(loop)).isEqualTo("Too many levels of symbolic links");
        assertThat(FileTrouble.reason(new IOException("Input/output error"))).isEqualTo("Input/output error");
        assertThat(FileTrouble.named(new NoSuchFileException("f"))).isEqualTo("\"f\": there is no such file");
    }
}
