package dev.walvault.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A place in the program that makes something durable: the line that calls the {@link Disk}, and by which lines it came
 * there, up to the first of another class. So two callers of one helper are two sites.
 *
 * @param lines as {@code Class.method:line}, the innermost first
 */
record ForceSite(List<String> lines) implements Comparable<ForceSite> {
    private static final Set<String> FORCING = Set.of("force", "sync", "syncDirectory");
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    ForceSite {
        lines = List.copyOf(lines);
    }

    /** The one that has just called a disk that is a double. */
    static ForceSite calling() {
        return STACK.walk(frames -> {
            var lines = new ArrayList<String>();
            String first = "";
            for (var frame : (Iterable<StackWalker.StackFrame>) frames::iterator) {
                Class<?> declaring = frame.getDeclaringClass();
                boolean outside = !declaring.getName().startsWith("dev.walvault.")
                        || Disk.class.isAssignableFrom(declaring)
                        || declaring == ForceSite.class;
                if (outside) {
                    continue;
                }
                if (isTest(declaring)) {
                    break;
                }
                String name = simple(declaring.getName());
                String line = name + "." + method(frame.getMethodName()) + ":" + frame.getLineNumber();
                if (lines.isEmpty() || !lines.getLast().startsWith(line.substring(0, line.indexOf(':') + 1))) {
                    lines.add(line);
                }
                if (lines.size() == 1) {
                    first = name;
                }
                if (!name.equals(first)) {
                    break;
                }
            }
            return new ForceSite(lines);
        });
    }

    private static boolean isTest(Class<?> type) {
        String from = type.getProtectionDomain().getCodeSource().getLocation().getPath();
        return from.endsWith("/test-classes/") || from.endsWith("/test/") || from.endsWith("-tests.jar");
    }

    /** The lines of the module that this class belongs to that call a disk, whether they are ever reached or not. */
    static Set<String> linesIn(Class<?> anchor, Predicate<String> which) {
        var lines = new TreeSet<String>();
        for (ClassModel each : classes(anchor, which)) {
            String name = simple(each.thisClass().asInternalName());
            each.methods().forEach(method -> method.code().ifPresent(code -> collect(name, method, code, lines)));
        }
        return lines;
    }

    /** The names of the classes of the module that this class belongs to. */
    static Set<String> classesIn(Class<?> anchor, Predicate<String> which) {
        return classes(anchor, which).stream()
                .map(each -> simple(each.thisClass().asInternalName()))
                .collect(Collectors.toSet());
    }

    private static List<ClassModel> classes(Class<?> anchor, Predicate<String> which) {
        try (Stream<Path> files = Files.walk(moduleOf(anchor))) {
            var classes = new ArrayList<ClassModel>();
            for (Path file :
                    (Iterable<Path>) files.filter(path -> path.toString().endsWith(".class"))::iterator) {
                ClassModel each = ClassFile.of().parse(file);
                if (which.test(each.thisClass().asInternalName().replace('/', '.'))) {
                    classes.add(each);
                }
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tests of a module run beside its classes, not beside its jar. */
    private static Path moduleOf(Class<?> anchor) {
        return Path.of(
                anchor.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    private static void collect(String type, MethodModel method, CodeModel code, Set<String> lines) {
        int line = 0;
        for (var element : code) {
            switch (element) {
                case LineNumber number -> line = number.line();
                case InvokeInstruction call
                when call.owner().asInternalName().equals("dev/walvault/host/Disk")
                        && FORCING.contains(call.name().stringValue()) ->
                    lines.add(type + "." + method(method.methodName().stringValue()) + ":" + line);
                default -> {
                    // something else
                }
            }
        }
    }

    private static String simple(String className) {
        String name = className.substring(Math.max(className.lastIndexOf('.'), className.lastIndexOf('/')) + 1);
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    /** {@code lambda$name$0} is a part of {@code name}. */
    private static String method(String name) {
        return name.startsWith("lambda$") ? name.split("\\$", -1)[1] : name;
    }

    @Override
    public int compareTo(ForceSite other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return String.join(" < ", lines);
    }
}
