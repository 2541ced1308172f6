/**
 * What serves any driver whose store speaks HTTP, and knows of no protocol above it and no library: connections that
 * are given up when they stall, requests that are paced together and tried again, TLS, bytes that can be sent once
 * more.
 */
@NullMarked
package dev.walvault.store.http;

import org.jspecify.annotations.NullMarked;
