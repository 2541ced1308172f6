package dev.walvault.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FindingTest {
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ABSENT", "DOUBT"})
    void everyErrorHasAFix(ErrorCode code) {
        var finding = Finding.failed("x", Fault.of(code, "wrong").exception());

        assertThat(finding.fix()).hasValueSatisfying(fix -> assertThat(fix).isNotBlank());
    }

    @Test
    void anErrorsOwnHintComesFirst() {
        var error = Fault.of(ErrorCode.BUG, "wrong").hint("Mend it.").bug();

        assertThat(Finding.failed("x", error).fix()).contains("Mend it.");
    }

    @ParameterizedTest
    @EnumSource(names = {"WARNING", "FAILED"})
    void noneIsWithoutAFix(Finding.Verdict verdict) {
        assertThatThrownBy(() -> new Finding("x", verdict, "wrong", Optional.empty(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
