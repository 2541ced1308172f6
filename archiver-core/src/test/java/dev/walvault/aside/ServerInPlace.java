package dev.walvault.aside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.Disk;
import dev.walvault.observe.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An old server in its data directory, and what a restore in place does to it. */
abstract class ServerInPlace {
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-29T06:10:00Z"), ZoneOffset.UTC);
    static final String STAMP = "20261129T061000Z";

    @TempDir
    Path temporary;

    OldServer server;
    final List<Event> events = new ArrayList<>();

    @BeforeEach
    void anOldServer() throws Exception {
        server = new OldServer(temporary.resolve("site"));
    }

    InPlace begin(Path... mounts) throws ArchiverException {
        return InPlace.begin(server.data, CLOCK, events::add, Disk.ofThisHost(), new Mounts(List.of(mounts)));
    }

    void restoreOver(Path... mounts) throws Exception {
        try (var inPlace = begin(mounts)) {
            inPlace.run(server.content(), false, _ -> restore());
        }
    }

    String restore() throws ArchiverException {
        try {
            server.restore();
            return "done";
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, String.valueOf(e)).host();
        }
    }

    void undo(boolean discard, Path... mounts) throws Exception {
        try (var inPlace = begin(mounts)) {
            assertThat(inPlace.undo(discard)).isPresent();
        }
    }

    static AbstractThrowableAssert<?, ? extends Throwable> refused(ErrorCode code, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ArchiverException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
