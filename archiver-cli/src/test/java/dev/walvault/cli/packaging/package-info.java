/**
 * What a package has beside the program, made from the program when it is packaged: manual pages, completions, an
 * example of a configuration, the licences. Entry point: {@link dev.walvault.cli.packaging.PackageFiles}, which the
 * build runs. None of this is in the program.
 */
@NullMarked
package dev.walvault.cli.packaging;

import org.jspecify.annotations.NullMarked;
