package dev.walvault.store.s3;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first line and the headers of an HTTP/1.1 request or response, as they came. */
record HttpHead(String firstLine, List<String> headers) {
    private static final int LONGEST = 64 * 1024;

    /** The next head of a connection, or empty at its end. */
    static Optional<HttpHead> read(InputStream in) throws IOException {
        String firstLine = readLine(in);
        if (firstLine == null) {
            return Optional.empty();
        }
        List<String> headers = new ArrayList<>();
        while (true) {
            String line = readLine(in);
            if (line == null) {
                throw new EOFException("the connection ended within a head");
            }
            if (line.isEmpty()) {
                return Optional.of(new HttpHead(firstLine, List.copyOf(headers)));
            }
            headers.add(line);
        }
    }

    /** One line without its end, or null if there is nothing more. */
    static @Nullable String readLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            line.write(next);
            if (line.size() > LONGEST) {
                throw new IOException("a line of a head is too long");
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    Optional<String> header(String name) {
        return headers.stream()
                .filter(line -> isNamed(line, name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    HttpHead with(String name, String value) {
        List<String> changed = new ArrayList<>(headers);
        changed.removeIf(line -> isNamed(line, name));
        changed.add(name + ": " + value);
        return new HttpHead(firstLine, List.copyOf(changed));
    }

    HttpHead without(String name) {
        return new HttpHead(
                firstLine, headers.stream().filter(line -> !isNamed(line, name)).toList());
    }

    /** The number in the first line of a response. */
    int status() {
        return Integer.parseInt(firstLine.split(" ", 3)[1]);
    }

    boolean isResponse() {
        return firstLine.startsWith("HTTP/");
    }

    boolean isChunked() {
        return header("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent();
    }

    boolean closes() {
        return header("Connection").filter("close"::equalsIgnoreCase).isPresent();
    }

    byte[] bytes() {
        var text = new StringBuilder(firstLine).append("\r\n");
        headers.forEach(line -> text.append(line).append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static boolean isNamed(String line, String name) {
        return line.regionMatches(true, 0, name + ":", 0, name.length() + 1);
    }
}
