/**
 * Several vaults as one: asking them together, reading the first that has something, and what this host remembers of
 * those that lack something or could not be reached. An owed file is a debt ({@link dev.walvault.vaults.Debts}) until
 * another vault has given it ({@link dev.walvault.vaults.CatchUp}).
 */
@NullMarked
package dev.walvault.vaults;

import org.jspecify.annotations.NullMarked;
