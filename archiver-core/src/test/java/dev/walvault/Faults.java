package dev.walvault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a refusal must say: {@code Faults.of(() -> push(file)).is(CONFLICT).says("other content")}. */
public final class Faults {
    private final ArchiverException fault;
    private final String text;

    private Faults(ArchiverException fault) {
        this.fault = fault;
        this.text = fault.getMessage() + "\n" + fault.detail().orElse("") + "\n"
                + fault.hint().orElse("");
    }

    /** Runs what must be refused. */
    public static Faults of(ThrowingCallable refused) {
        ArchiverException fault = catchThrowableOfType(ArchiverException.class, refused);
        assertThat(fault).as("an ArchiverException").isNotNull();
        return new Faults(fault);
    }

    public Faults is(ErrorCode code) {
        assertThat(fault.code()).as(text).isEqualTo(code);
        return this;
    }

    public Faults isRetried(Retry whether) {
        assertThat(fault.retry()).as(text).isEqualTo(whether);
        return this;
    }

    /** Each of the texts is somewhere in message, detail or hint. */
    public Faults says(String... parts) {
        assertThat(text).contains(parts);
        return this;
    }

    public Faults saysNot(String... parts) {
        assertThat(text).doesNotContain(parts);
        return this;
    }

    /** What to do next is this, and nothing else. */
    public Faults hints(String hint) {
        assertThat(fault.hint()).contains(hint);
        return this;
    }
}
