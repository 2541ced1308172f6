package dev.walvault.cli.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Whose work is in the program, and on what terms: a text of our own, which must name each library that brings no
 * licence, and the licences and notices that the others bring, each text once.
 */
final class CopyrightFile {
    private static final Pattern TERMS =
            Pattern.compile("META-INF/(licenses/.*)?[^/]*(LICEN[CS]E|NOTICE)[^/]*", Pattern.CASE_INSENSITIVE);
    private static final Pattern APACHE = Pattern.compile(
            "[ \\t]*Apache License\\s+Version 2\\.0, January 2004.*?END OF TERMS AND CONDITIONS", Pattern.DOTALL);
    private static final String SEE_ABOVE = "Apache License, Version 2.0, as above";
    private static final Pattern VERSIONED = Pattern.compile("(.*?)-[0-9].*\\.jar");

    private CopyrightFile() {}

    static String of(String own, Path libraries) throws IOException {
        var owners = new LinkedHashMap<String, SortedSet<String>>();
        var silent = new ArrayList<String>();
        for (Path library : jars(libraries)) {
            String name = name(library);
            List<String> terms = terms(library);
            terms.forEach(
                    text -> owners.computeIfAbsent(text, _ -> new TreeSet<>()).add(name));
            if (terms.isEmpty() && !own.contains("\n  " + name + ":") && !isOurs(library)) {
                silent.add(name);
            }
        }
        if (!silent.isEmpty()) {
            throw new IllegalStateException(
                    "these libraries bring no licence, and the copyright file does not say on what terms they are: "
                            + String.join(", ", silent));
        }
        return own + owners.entrySet().stream().map(CopyrightFile::section).collect(Collectors.joining());
    }

    private static String section(Map.Entry<String, SortedSet<String>> text) {
        return "\n%s\n%s\n\n%s\n".formatted("-".repeat(80), String.join(", ", text.getValue()), text.getKey());
    }

    private static List<Path> jars(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    /** Of the jar without the version, which is not a matter of terms. */
    private static String name(Path jar) {
        var match = VERSIONED.matcher(jar.getFileName().toString());
        return match.matches() ? match.group(1) : jar.getFileName().toString();
    }

    private static boolean isOurs(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            var manifest = file.getManifest();
            return manifest != null
                    && String.valueOf(manifest.getMainAttributes().getValue("Automatic-Module-Name"))
                            .startsWith("dev.walvault.");
        }
    }

    private static List<String> terms(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            var texts = new ArrayList<String>();
            for (ZipEntry entry : file.stream()
                    .filter(each ->
                            !each.isDirectory() && TERMS.matcher(each.getName()).matches())
                    .toList()) {
                try (var in = file.getInputStream(entry)) {
                    texts.add(tidy(new String(in.readAllBytes(), UTF_8)));
                }
            }
            return texts;
        }
    }

    /** Without what differs where the words do not, and without the licence that Debian has on every system. */
    private static String tidy(String text) {
        String lines = text.lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
        return APACHE.matcher(lines).replaceAll(SEE_ABOVE).strip();
    }
}
