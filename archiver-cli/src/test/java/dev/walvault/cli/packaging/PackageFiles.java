package dev.walvault.cli.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.cli.Reference;
import dev.walvault.cli.settings.SettingsText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes what a package has below share. */
public final class PackageFiles {
    private static final String PROGRAM = "walvault";
    private static final String CONFIGURATION = "walvault.toml";

    private static final DateTimeFormatter CHANGED =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ENGLISH);

    private PackageFiles() {}

    /**
     * Run by the build.
     *
     * @param arguments the directory to write into; version and time of the build; the text that the copyright file
     *     begins with; the directory of the libraries that are in the program
     */
    public static void main(String[] arguments) throws IOException {
        var share = Path.of(arguments[0]);
        var edition = new Edition(arguments[1], LocalDate.ofInstant(Instant.parse(arguments[2]), ZoneOffset.UTC));
        for (ManualPage page : pages(edition)) {
            compress(share.resolve("man").resolve(page.file() + ".gz"), page.toString());
        }
        write(share.resolve("bash-completion/completions").resolve(PROGRAM), completion());
        var documents = share.resolve("doc").resolve(PROGRAM);
        write(documents.resolve("examples/walvault.toml"), SettingsText.example());
        compress(documents.resolve("changelog.gz"), changelog(edition));
        write(
                documents.resolve("copyright"),
                CopyrightFile.of(Files.readString(Path.of(arguments[3])), Path.of(arguments[4])));
    }

    /** One for each command, and one for the configuration file. */
    static List<ManualPage> pages(Edition edition) {
        return Stream.concat(pages(Reference.commands(), edition).stream(), Stream.of(configuration(edition)))
                .toList();
    }

    /** One for each command of {@code program} that people are to know of. */
    static List<ManualPage> pages(CommandLine program, Edition edition) {
        var pages = new ArrayList<ManualPage>();
        addCommand(pages, program, edition);
        return pages;
    }

    /** To be read by the shell that completes, and not to be run. */
    static String completion() {
        return AutoComplete.bash(PROGRAM, Reference.commands()).replaceFirst("^#!.*\n", "");
    }

    private static void addCommand(List<ManualPage> pages, CommandLine line, Edition edition) {
        var page = CommandPage.of(line.getCommandSpec(), edition);
        if (line.getParent() == null) {
            page.heading("EXIT STATUS");
            ReferenceText.append(page, Reference.exitStatuses());
            page.seeAlso(CONFIGURATION + "(5)");
        } else {
            page.seeAlso(PROGRAM + "(1)", CONFIGURATION + "(5)");
        }
        pages.add(page);
        line.getSubcommands().values().stream()
                .filter(CommandPage::isVisible)
                .forEach(each -> addCommand(pages, each, edition));
    }

    private static ManualPage configuration(Edition edition) {
        var page = new ManualPage(CONFIGURATION, 5, edition, "what is kept where, and how the server is reached");
        page.heading("DESCRIPTION");
        ReferenceText.append(page, SettingsText.markdown());
        page.seeAlso(PROGRAM + "(1)");
        return page;
    }

    /** Debian wants one of each package. */
    static String changelog(Edition edition) {
        return """
                walvault (%s) unstable; urgency=medium

                  * What changed is in CHANGELOG.md.

                 -- the authors of walvault <walvault@localhost.invalid>  %s
                """.formatted(edition.version(), CHANGED.format(edition.date().atStartOfDay(ZoneOffset.UTC)));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** As {@code gzip -9n}: without a name and a time. */
    private static void compress(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        var best = new GzipParameters();
        best.setCompressionLevel(Deflater.BEST_COMPRESSION);
        try (var out = new GzipCompressorOutputStream(Files.newOutputStream(file), best)) {
            out.write(text.getBytes(UTF_8));
        }
    }
}
