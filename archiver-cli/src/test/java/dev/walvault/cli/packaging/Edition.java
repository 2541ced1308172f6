package dev.walvault.cli.packaging;

import java.time.LocalDate;

/** Of which program the pages are: a package that is built twice is the same twice, so the date is not today's. */
record Edition(String version, LocalDate date) {}
