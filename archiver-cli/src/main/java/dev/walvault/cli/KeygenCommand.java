package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.StoreException;
import dev.walvault.host.Disk;
import dev.walvault.seal.AgeKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "keygen",
        description = {
            "Creates a key pair: an age identity (the private key, for restores) and its recipient (the public key,"
                    + " which only encrypts).",
            "%nKeep the identity away from the database host, and keep a second copy at another site. Without it"
                    + " nothing in an encrypted vault can be read."
        },
        footer = {"%nExample:", "  walvault keygen -o identity.age"})
final class KeygenCommand implements Subcommand {
    private final Invocation invocation;

    @Option(
            names = {"-o", "--output-file"},
            paramLabel = "FILE",
            description =
                    "write the identity to this new file, readable by its owner only, instead of to standard output")
    private @Nullable Path file;

    KeygenCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        AgeKey key = AgeKey.generate();
        Instant created = InstantSource.system().instant();
        if (file == null) {
            invocation.console().line("LOG", "recipient: " + key.recipient());
            invocation
                    .console()
                    .secret(
                            "keygen",
                            json -> json.put("recipient", key.recipient()).put("identity", key.identity()),
                            () -> key.identityFile(created));
            return 0;
        }
        Path path = invocation.shell().directory().resolve(file);
        write(path, key.identityFile(created));
        invocation
                .console()
                .result(
                        "keygen",
                        json -> json.put("recipient", key.recipient()).put("identityFile", path.toString()),
                        () -> "recipient: " + key.recipient());
        return 0;
    }

    private static void write(Path path, String content) throws StoreException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var create = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Disk disk = Disk.ofThisHost();
        try {
            try (FileChannel channel = disk.open(path, create, ownerOnly)) {
                var bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                disk.force(channel);
            }
            // what is encrypted to a key that a power failure takes away is lost
            disk.syncDirectory(path.resolveSibling(""));
        } catch (FileAlreadyExistsException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "\"" + path + "\" exists; an identity is never overwritten")
                    .hint("Choose another file, or remove it if nothing was ever encrypted to it.")
                    .cause(e)
                    .store();
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "could not write \"" + path + "\"")
                    .detail(e instanceof NoSuchFileException ? "its directory does not exist" : FileTrouble.reason(e))
                    .cause(e)
                    .store();
        }
    }
}
