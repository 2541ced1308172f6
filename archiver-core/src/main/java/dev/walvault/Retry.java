package dev.walvault;

/** Whether trying the same thing again may help, as known where the error was first seen. */
public enum Retry {
    YES,
    NO,
    UNKNOWN
}
