package dev.walvault.store.s3;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import java.io.IOException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** The one place where what the SDK and the network throw becomes an error of the store. */
final class S3Errors {
    private final S3Service service;
    private final AnswerJudge answers;
    private final ConnectionJudge connections;

    S3Errors(S3Service service) {
        this.service = service;
        this.answers = new AnswerJudge(service);
        this.connections = new ConnectionJudge(service);
    }

    S3Service service() {
        return service;
    }

    /** {@code failed} is what could not be done, in the words of the error. */
    S3Failure judge(String failed, SdkException thrown) {
        return thrown instanceof AwsServiceException answer
                ? answers.judge(failed, new ErrorAnswer(answer))
                : connections.judge(failed, thrown);
    }

    S3Failure judge(String failed, IOException thrown) {
        return connections.judge(failed, thrown);
    }

    static S3Failure interrupted(String failed, Throwable cause) {
        return S3Failure.of(
                        Fault.of(ErrorCode.CANCELLED, failed + ": interrupted").cause(cause), S3Failure.Remedy.NOTHING)
                .landed(true);
    }
}
