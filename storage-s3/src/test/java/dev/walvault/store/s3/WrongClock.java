package dev.walvault.store.s3;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** A store whose clock is {@code ahead} of ours, and which refuses signatures more than 15 minutes off, as S3 does. */
public record WrongClock(Duration ahead) implements Gate {
    private static final DateTimeFormatter AMZ_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Duration TOLERANCE = Duration.ofMinutes(15);

    @Override
    public Optional<Answer> before(S3Request request) {
        Instant now = Instant.now().plus(ahead);
        Instant signed =
                Instant.from(AMZ_DATE.parse(request.header("x-amz-date").orElseThrow()));
        return Duration.between(signed, now).abs().compareTo(TOLERANCE) > 0
                ? Optional.of(Answer.clockSkewed(now))
                : Optional.empty();
    }
}
