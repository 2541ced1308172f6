package dev.walvault.store.s3;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What S3 lets a user do who has certain IAM policies and nothing else; as S3 does, it answers 403 for a key that is
 * missing to whom may not list the bucket.
 */
public final class PolicyGate implements Gate {
    private final List<PolicyStatement> statements;

    private PolicyGate(List<PolicyStatement> statements) {
        this.statements = statements;
    }

    /** The rights of all {@code documents} together; each is a policy in IAM's JSON. */
    public static PolicyGate of(String... documents) {
        return new PolicyGate(Stream.of(documents)
                .flatMap(document -> PolicyStatement.read(document).stream())
                .toList());
    }

    @Override
    public Optional<Answer> before(S3Request request) {
        boolean covered = S3Access.neededFor(request).stream().allMatch(this::allows);
        return covered ? Optional.empty() : Optional.of(Answer.accessDenied());
    }

    @Override
    public Optional<Answer> after(S3Request request, int status) {
        boolean missing = status == 404 && !request.key().isEmpty();
        return missing && !allows(S3Access.listing(request.bucket(), request.key()))
                ? Optional.of(Answer.accessDenied())
                : Optional.empty();
    }

    private boolean allows(S3Access access) {
        List<PolicyStatement> covering =
                statements.stream().filter(each -> each.covers(access)).toList();
        return !covering.isEmpty() && covering.stream().allMatch(PolicyStatement::allow);
    }
}
