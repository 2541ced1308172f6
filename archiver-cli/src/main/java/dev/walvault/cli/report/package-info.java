/** Results as people read them. Programs read the JSON that the engine's own records put (docs/JSON.md). */
@NullMarked
package dev.walvault.cli.report;

import org.jspecify.annotations.NullMarked;
