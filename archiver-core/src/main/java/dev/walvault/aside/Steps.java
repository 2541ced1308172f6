package dev.walvault.aside;

import java.nio.file.Path;

/** Told of each change to the disk just before it is made. */
@FunctionalInterface
interface Steps {
    Steps UNTOLD = (_, _) -> {};

    void before(String what, Path path);
}
