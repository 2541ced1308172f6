/**
 * The configuration as the engine sees it: values with meaning, already checked. Files, environment variables and flags
 * are the command line's matter.
 */
@NullMarked
package dev.walvault.config;

import org.jspecify.annotations.NullMarked;
