package dev.walvault.it.demo;

import java.io.PrintStream;

/** The demo's words on the screen: numbered steps, the commands under them, and what those answered. */
final class Story {
    private final PrintStream out;
    private int steps;

    Story(PrintStream out) {
        this.out = out;
    }

    void step(String title) {
        steps++;
        out.printf("%n%d. %s%n", steps, title);
    }

    void command(String line) {
        out.println("   $ " + line);
    }

    void answer(String text) {
        text.stripTrailing().lines().forEach(line -> out.println(("     " + line).stripTrailing()));
    }

    void say(String text) {
        out.println(text);
    }

    int steps() {
        return steps;
    }
}
