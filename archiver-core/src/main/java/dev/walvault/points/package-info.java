/**
 * The index of restore points: what the segments' facts say of them, brought into the vault's {@code points/}.
 *
 * <p>{@link dev.walvault.points.PointIndex} completes it and says what is known:
 * {@link dev.walvault.points.KnownPoints}. It is never on the way of a push, and whatever goes wrong with it is told
 * and stops nothing.
 */
@NullMarked
package dev.walvault.points;

import org.jspecify.annotations.NullMarked;
