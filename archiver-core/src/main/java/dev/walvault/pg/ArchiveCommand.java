package dev.walvault.pg;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an {@code archive_command} runs, as far as can be told without a shell: its words, with quotes and backslashes
 * taken out.
 */
public record ArchiveCommand(List<String> words) {
    private static final String PUSH = "archive-push";
    private static final String PROGRAM = "walvault";
    private static final String CONFIG = "--config";
    private static final String CONFIG_VARIABLE = "WALVAULT_CONFIG=";

    /** What a shell takes as it is. */
    private static final Pattern PLAIN = Pattern.compile("[^$`~*?\\[%(){}!]+");

    private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=");

    /** What runs the program that follows, and looks it up as the shell does. */
    private static final Set<String> RUNNERS = Set.of("exec", "nice", "ionice", "chrt", "nohup", "timeout", "time");

    public ArchiveCommand {
        words = List.copyOf(words);
    }

    /** Reads the setting's text. */
    public static ArchiveCommand parse(String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                begun = true;
            } else if (c == '\\' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
                begun = true;
            } else if (Character.isWhitespace(c) || isOperator(c)) {
                if (begun) {
                    words.add(word.toString());
                    word.setLength(0);
                    begun = false;
                }
                if (isOperator(c)) {
                    words.add(String.valueOf(c));
                }
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        return new ArchiveCommand(words);
    }

    private static boolean isOperator(String word) {
        return word.length() == 1 && isOperator(word.charAt(0));
    }

    private static boolean isOperator(char c) {
        return c == '|' || c == ';' || c == '&';
    }

    /** Whether it calls {@code archive-push} of a program with our name. */
    public boolean pushes() {
        return program().isPresent();
    }

    /** How it calls our program. */
    public Optional<String> program() {
        return beforePush().stream()
                .filter(word -> word.substring(word.lastIndexOf('/') + 1).equals(PROGRAM))
                .findFirst();
    }

    /**
     * The program that the server's shell has to find for this to work: ours, or what is called by its path instead.
     * Empty where it cannot be told, as within another host or container, or in a {@code PATH} that the command sets.
     */
    public Optional<String> calledByTheShell() {
        Optional<String> called = pushes()
                ? ownCall()
                : words.stream()
                        .dropWhile(ArchiveCommand::isAssignment)
                        .findFirst()
                        .filter(word -> word.contains("/"));
        return called.filter(word -> PLAIN.matcher(word).matches());
    }

    private Optional<String> ownCall() {
        List<String> before = beforePush();
        int called = program().map(before::indexOf).orElseThrow();
        int begin = called;
        while (begin > 0 && !isOperator(before.get(begin - 1))) {
            begin--;
        }
        List<String> prefix = before.subList(begin, called).stream()
                .dropWhile(ArchiveCommand::isAssignment)
                .toList();
        boolean lookedUp = words.stream().noneMatch(word -> word.startsWith("PATH="))
                && (prefix.isEmpty() || RUNNERS.contains(prefix.getFirst()));
        return lookedUp ? program() : Optional.empty();
    }

    private static boolean isAssignment(String word) {
        return ASSIGNMENT.matcher(word).lookingAt();
    }

    private List<String> beforePush() {
        int push = words.indexOf(PUSH);
        return push < 0 ? List.of() : words.subList(0, push);
    }

    private List<String> afterPush() {
        int push = words.indexOf(PUSH);
        return push < 0 ? List.of() : words.subList(push + 1, words.size());
    }

    /** The configuration file that it names, if it names one. */
    public Optional<String> configuration() {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if ((word.equals(CONFIG) || word.equals("-c"))
                    && i + 1 < words.size()
                    && program().isPresent()) {
                return Optional.of(words.get(i + 1));
            }
            if (word.startsWith(CONFIG + "=")) {
                return Optional.of(word.substring(CONFIG.length() + 1));
            }
            if (word.startsWith(CONFIG_VARIABLE)) {
                return Optional.of(word.substring(CONFIG_VARIABLE.length()));
            }
        }
        return Optional.empty();
    }

    /** Whether {@code archive-push} is told which file to store. */
    public boolean namesTheFile() {
        return afterPush().stream().anyMatch(word -> word.contains("%p"));
    }

    /** Whether something that follows may hide from the server that {@code archive-push} failed. */
    public boolean mayHideFailure() {
        return afterPush().stream().anyMatch(ArchiveCommand::isOperator);
    }
}
