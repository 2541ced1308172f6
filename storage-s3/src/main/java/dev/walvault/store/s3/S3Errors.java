package dev.walvault.store.s3;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.store.http.Causes;
import dev.walvault.store.http.ConnectionJudge;
import dev.walvault.store.http.Failure;
import java.io.IOException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/** The one place where what the SDK and the network throw becomes an error of the store. */
final class S3Errors {
    private final S3Service service;
    private final AnswerJudge answers;
    private final ConnectionJudge connections;

    S3Errors(S3Service service) {
        this.service = service;
        this.answers = new AnswerJudge(service);
        this.connections = new ConnectionJudge(
                service.name(), "\"endpoint\", \"region\" and \"path-style\"", service.isSecureEndpoint());
    }

    /** {@code failed} is what could not be done, in the words of the error. */
    Failure judge(String failed, SdkException thrown) {
        if (thrown instanceof AwsServiceException answer) {
            return answers.judge(failed, new ErrorAnswer(answer));
        }
        if (Causes.in(thrown, AbortedException.class) != null) {
            return Failure.interrupted(failed, thrown);
        }
        NoCredentialsException none = Causes.in(thrown, NoCredentialsException.class);
        return none == null ? connections.judge(failed, thrown) : withoutKey(failed, none, thrown);
    }

    Failure judge(String failed, IOException thrown) {
        return connections.judge(failed, thrown);
    }

    private Failure withoutKey(String failed, NoCredentialsException none, Exception thrown) {
        return Failure.of(
                Fault.of(ErrorCode.STORE_DENIED, failed + ": no access key")
                        .detail(String.valueOf(none.getMessage()))
                        .hint("The access key is looked for in " + service.credentials()
                                + "; see the option \"credentials\" in docs/reference/s3-options.md.")
                        .retry(Retry.UNKNOWN)
                        .cause(thrown),
                Failure.Remedy.REREAD_CREDENTIALS);
    }
}
