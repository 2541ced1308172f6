package dev.walvault.store.s3;

import dev.walvault.store.ObjectKind;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.ObjectStoreContract;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The law of all stores, against a server that was not written by us. */
class S3StoreContractTest {
    /** This server answers 500, which is tried again, to a key below an object. */
    private static final String QUICK = "deadline=2s";

    @Nested
    class OverHttp extends OnServer {
        @Override
        String url(S3Bucket bucket) {
            return bucket.location("pg", QUICK);
        }
    }

    @Nested
    class OverTls extends OnServer {
        @Override
        String url(S3Bucket bucket) {
            return bucket.secureLocation("pg/deep-down", QUICK);
        }

        @Override
        protected int moreThanOnePage() {
            return 200;
        }
    }

    @Nested
    class WithoutPrefix extends OnServer {
        @Override
        String url(S3Bucket bucket) {
            return bucket.location("", QUICK, "checksum=md5");
        }

        @Override
        protected int moreThanOnePage() {
            return 200;
        }
    }

    @Nested
    class WithoutConditionalWrites extends OnServer {
        @Override
        String url(S3Bucket bucket) {
            return bucket.location("pg", QUICK, "conditional-writes=no");
        }

        @Override
        protected boolean createsAtomically() {
            return false;
        }

        @Override
        protected int moreThanOnePage() {
            return 200;
        }
    }

    abstract static class OnServer extends ObjectStoreContract {
        private @Nullable S3Bucket bucket;

        abstract String url(S3Bucket bucket);

        /** This server writes to a file first whose name is 37 characters longer. */
        @Override
        protected int longestName() {
            return 255 - 37;
        }

        @Override
        protected ObjectStore emptyStore() throws Exception {
            S3Bucket fresh = S3Server.shared().createBucket();
            bucket = fresh;
            return open(fresh);
        }

        @Override
        protected ObjectStore anotherHandle() throws Exception {
            return open(Objects.requireNonNull(bucket));
        }

        private ObjectStore open(S3Bucket bucket) throws Exception {
            var location = S3Urls.place(url(bucket));
            return S3Store.open(location, _ -> ObjectKind.WAL, _ -> {});
        }
    }
}
