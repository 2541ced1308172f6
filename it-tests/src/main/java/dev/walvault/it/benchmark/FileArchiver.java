package dev.walvault.it.benchmark;

import dev.walvault.it.Workspace;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The floor: programs that copy or compress and know nothing of PostgreSQL, with {@code sync} where the others are
 * durable.
 */
record FileArchiver(
        Contender contender,
        Workspace workspace,
        String name,
        String startUp,
        String push,
        String get,
        String backup,
        String unpack)
        implements Archiver {

    static FileArchiver cp(Workspace workspace, String name, Path dataDirectory) {
        var store = workspace.path(name);
        return new FileArchiver(
                Contender.CP,
                workspace,
                name,
                "cp --version",
                "cp %p " + store + "/%f && sync " + store + "/%f " + store,
                "cp " + store + "/%f %p",
                "mkdir " + store + "/backup && find " + dataDirectory
                        + " -mindepth 1 -maxdepth 1 ! -name pg_wal -exec cp -a -t " + store + "/backup {} + && sync -f "
                        + store,
                "cp -a " + store + "/backup/. .");
    }

    static FileArchiver zstd(Workspace workspace, String name, Path dataDirectory) {
        var store = workspace.path(name);
        return new FileArchiver(
                Contender.ZSTD,
                workspace,
                name,
                "zstd --version",
                "zstd -q -1 -T2 -o " + store + "/%f.zst %p && sync " + store + "/%f.zst " + store,
                "zstd -q -d -f -o %p " + store + "/%f.zst",
                "tar -C " + dataDirectory + " --exclude=./pg_wal -cf - . | zstd -q -3 -T2 -o " + store
                        + "/backup.tar.zst && sync " + store + "/backup.tar.zst " + store,
                "zstd -q -d -c " + store + "/backup.tar.zst | tar -xf -");
    }

    @Override
    public void register() throws IOException {
        var store = workspace.path(name);
        Workspace.delete(store);
        workspace.directory(name);
    }

    @Override
    public void forgetSpool() {}

    @Override
    public void awaitFetched(String segment) {}

    @Override
    public String pushMany() {
        return push;
    }

    @Override
    public String getMany() {
        return get;
    }

    @Override
    public String restore(Path target) {
        return "cd " + target + " && " + unpack + " && sync -f " + target;
    }
}
