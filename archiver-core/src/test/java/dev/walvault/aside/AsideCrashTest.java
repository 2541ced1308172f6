package dev.walvault.aside;

import dev.walvault.host.CrashContract;
import dev.walvault.host.CrashPath;
import java.util.List;

/** What a restore in place promises of the old files and the new ones. */
class AsideCrashTest extends CrashContract {
    @Override
    protected Class<?> module() {
        return Changes.class;
    }

    /** The file that is locked is held by the trials of the restore, which alone writes it. */
    @Override
    protected boolean isOfModule(String className) {
        return super.isOfModule(className) && !className.equals(LockedFile.class.getName());
    }

    /** Each trial looks at all processes of the host, once for each call: that takes minutes. */
    @Override
    protected boolean isWhole() {
        return Boolean.getBoolean("crash.all");
    }

    @Override
    protected List<CrashPath> paths() {
        return AsideCrashes.paths();
    }
}
