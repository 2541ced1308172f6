package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.cli.console.Invocation;
import dev.walvault.host.Disk;
import dev.walvault.json.JsonText;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.SigningKey;
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
                    + " nothing in an encrypted vault can be read.",
            "%nWith --signing it creates a key by which a database host signs what it stores, and prints the public key"
                    + " for trust.writers of the hosts that restore. A signing key opens nothing and needs no copy."
        },
        footer = {
            "%nExamples:",
            "  walvault keygen -o identity.age",
            "  walvault keygen --signing -o /etc/walvault/signing.key"
        })
final class KeygenCommand implements Subcommand {
    private final Invocation invocation;

    @Option(
            names = {"-o", "--output-file"},
            paramLabel = "FILE",
            description =
                    "write the private key to this new file, readable by its owner only, instead of to standard output")
    private @Nullable Path file;

    @Option(names = "--signing", description = "make a signing key instead of an identity")
    private boolean signing;

    KeygenCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        Instant created = InstantSource.system().instant();
        Pair pair = signing ? Pair.of(SigningKey.generate(), created) : Pair.of(AgeKey.generate(), created);
        if (file == null) {
            invocation.console().secret("keygen", pair::allMembers, pair::file);
            // nobody shall encrypt to a key that got lost
            invocation.shell().out().requirePrinted();
            invocation.console().line("LOG", pair.told());
            return 0;
        }
        Path path = invocation.shell().directory().resolve(file);
        write(path, pair.file());
        invocation.console().result("keygen", json -> pair.members(json, path), pair::told);
        return 0;
    }

    /**
     * A key pair of either kind, by the names that it has in results.
     *
     * @param secret what is kept in {@code file}
     */
    private record Pair(String publicName, String publicKey, String secretName, String secret, String file) {

        static Pair of(AgeKey key, Instant created) {
            return new Pair("recipient", key.recipient(), "identity", key.identity(), key.identityFile(created));
        }

        static Pair of(SigningKey key, Instant created) {
            return new Pair("writer", key.writer().text(), "signingKey", key.pem(), key.file(created));
        }

        String told() {
            return publicName + ": " + publicKey;
        }

        void allMembers(JsonText json) {
            json.put(publicName, publicKey).put(secretName, secret);
        }

        void members(JsonText json, Path path) {
            json.put(publicName, publicKey).put(secretName + "File", path.toString());
        }
    }

    private static void write(Path path, String content) throws ArchiverException {
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
            throw Fault.of(ErrorCode.LOCAL_FILE, "\"" + path + "\" exists; a key is never overwritten")
                    .hint("Choose another file, or remove it if nothing was ever encrypted to it, or signed by it.")
                    .cause(e)
                    .host();
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "could not write \"" + path + "\"")
                    .detail(e instanceof NoSuchFileException ? "its directory does not exist" : FileTrouble.reason(e))
                    .cause(e)
                    .host();
        }
    }
}
