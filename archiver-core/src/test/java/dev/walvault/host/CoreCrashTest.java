package dev.walvault.host;

import dev.walvault.archive.StateCrashes;
import dev.walvault.restore.RestoreCrashes;
import java.util.List;
import java.util.stream.Stream;

/** What the engine promises of this host's files. */
class CoreCrashTest extends CrashContract {
    private static final List<String> OTHER_MODULES =
            List.of("dev.walvault.store.fs.", "dev.walvault.store.s3.", "dev.walvault.cli.", "dev.walvault.aside.");

    @Override
    protected Class<?> module() {
        return Disk.class;
    }

    @Override
    protected boolean isOfModule(String className) {
        return OTHER_MODULES.stream().noneMatch(className::startsWith);
    }

    @Override
    protected List<CrashPath> paths() throws Exception {
        return Stream.of(DurabilityCrashes.paths(), StateCrashes.paths(), RestoreCrashes.paths())
                .flatMap(List::stream)
                .toList();
    }
}
