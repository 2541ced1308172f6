package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the Markdown pages of the repository point to is there, and no text is too wide to read. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int WIDTH = 100;
    /** As wide as the formatter makes code; comments it leaves as they are. */
    private static final int WIDTH_OF_COMMENTS = 120;

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern TEST_CLASS = Pattern.compile("\\b[A-Z][A-Za-z0-9]*Test\\b");
    private static final Pattern COMMENT = Pattern.compile("^ *(/\\*|\\*|//).*");
    private static final Pattern PAGE_OF_DOCS = Pattern.compile("\\bdocs/[A-Za-z0-9/_-]+\\.md\\b");

    static List<Path> pages() throws IOException {
        try (Stream<Path> root = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(root, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsLinksLeadSomewhere(Path page) throws IOException {
        var broken = new ArrayList<String>();
        for (String line : textOf(page)) {
            for (String target : found(LINK, line, 1)) {
                if (!target.contains("://") && !leadsSomewhere(page, target)) {
                    broken.add(target);
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    /** Files are named by their path from the root as well, in messages of the program above all. */
    @Test
    void aPageThatIsNamedByItsPathIsThere() throws IOException {
        var sources = new ArrayList<>(pages());
        sources.addAll(javaFiles("main"));

        var missing = new TreeSet<String>();
        for (Path source : sources) {
            found(PAGE_OF_DOCS, Files.readString(source), 0).stream()
                    .filter(name -> !Files.exists(ROOT.resolve(name)))
                    .forEach(missing::add);
        }

        assertThat(missing).isEmpty();
    }

    /** The promises above all: each is held by a test that a reader can look up. */
    @ParameterizedTest
    @MethodSource("pages")
    void theTestsThatItNamesAreThere(Path page) throws IOException {
        Set<String> known = javaFiles("test").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());

        assertThat(known).containsAll(found(TEST_CLASS, Files.readString(page), 0));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsLinesAreNotTooWide(Path page) throws IOException {
        assertThat(textOf(page).stream().filter(line -> !line.startsWith("|") && !line.contains("://")))
                .filteredOn(line -> line.length() > WIDTH)
                .isEmpty();
    }

    @Test
    void noCommentIsTooWide() throws IOException {
        var sources = new ArrayList<>(javaFiles("main"));
        sources.addAll(javaFiles("test"));

        var wide = new ArrayList<String>();
        for (Path source : sources) {
            Files.readAllLines(source).stream()
                    .filter(line -> line.length() > WIDTH_OF_COMMENTS
                            && COMMENT.matcher(line).matches())
                    .forEach(line -> wide.add(source.getFileName() + ": " + line));
        }

        assertThat(wide).isEmpty();
    }

    /** Without what stands there to be typed. */
    private static List<String> textOf(Path page) throws IOException {
        var text = new ArrayList<String>();
        boolean fenced = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced && !line.startsWith("    ")) {
                text.add(line);
            }
        }
        return text;
    }

    private static boolean leadsSomewhere(Path page, String target) throws IOException {
        int mark = target.indexOf('#');
        String file = mark < 0 ? target : target.substring(0, mark);
        Path there = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        return Files.exists(there) && (mark < 0 || anchors(there).contains(target.substring(mark + 1)));
    }

    /** As the usual programs make them of headings. */
    private static List<String> anchors(Path page) throws IOException {
        return textOf(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static List<String> found(Pattern pattern, String text, int group) {
        return pattern.matcher(text).results().map(match -> match.group(group)).toList();
    }

    private static List<Path> javaFiles(String kind) throws IOException {
        var all = new ArrayList<Path>();
        for (String module : List.of("archiver-core", "storage-fs", "storage-s3", "archiver-cli", "it-tests")) {
            Path sources = ROOT.resolve(module).resolve("src").resolve(kind).resolve("java");
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
            }
        }
        return all;
    }
}
