package dev.walvault.aside;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.walvault.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The mount points of this process. None are known where the kernel does not list them. */
record Mounts(List<Path> points) {
    private static final Path LIST = Path.of("/proc/self/mountinfo");
    /** mountinfo writes white space and backslashes like that. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    private static final int MOUNT_POINT = 4;

    Mounts {
        points = List.copyOf(points);
    }

    static Mounts read() {
        var points = new ArrayList<Path>();
        try {
            for (String line : new String(Files.readAllBytes(LIST), ISO_8859_1).split("\n", -1)) {
                String[] fields = line.split(" ", -1);
                if (fields.length > MOUNT_POINT) {
                    point(fields[MOUNT_POINT]).ifPresent(points::add);
                }
            }
        } catch (IOException _) {
            return new Mounts(List.of());
        }
        return new Mounts(points);
    }

    private static Optional<Path> point(String escaped) {
        String path = ESCAPE.matcher(escaped)
                .replaceAll(code -> java.util.regex.Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(code.group(1), 8))));
        try {
            return Optional.of(FileNames.path(FileNames.decode(path.getBytes(ISO_8859_1))));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    boolean isPoint(Path path) {
        return points.contains(path);
    }

    /** Those within a directory, at any depth. */
    List<Path> below(Path directory) {
        return points.stream()
                .filter(point -> point.startsWith(directory) && !point.equals(directory))
                .distinct()
                .toList();
    }

    /** Whether a file can be renamed from one directory to another, as far as mount points and devices tell. */
    boolean together(Path one, Path other) throws IOException {
        return nearest(one).equals(nearest(other)) && device(one).equals(device(other));
    }

    private Optional<Path> nearest(Path path) {
        return points.stream().filter(path::startsWith).max(Comparator.comparingInt(Path::getNameCount));
    }

    /** The number of the file system that a path is on. */
    static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev");
    }
}
