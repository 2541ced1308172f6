package dev.walvault.store.s3;

import software.amazon.awssdk.core.exception.SdkClientException;

/** There is no access key where one was looked for. Unchecked, because it passes through the SDK. */
final class NoCredentialsException extends SdkClientException {
    private static final long serialVersionUID = 1L;

    NoCredentialsException(String message, Throwable cause) {
        super(builder().message(message).cause(cause));
    }
}
