package dev.walvault.cli.settings;

import java.nio.file.Path;

/** Where a value came from, printed as the operator would look it up. */
public sealed interface Origin {

    record ConfigurationFile(Path file, int line) implements Origin {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    record Variable(String name) implements Origin {
        @Override
        public String toString() {
            return "environment variable " + name;
        }
    }

    /** A variable that libpq has, which counts less than the file. */
    record LibpqVariable(String name) implements Origin {
        @Override
        public String toString() {
            return "environment variable " + name;
        }
    }

    record BuiltIn() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }
}
