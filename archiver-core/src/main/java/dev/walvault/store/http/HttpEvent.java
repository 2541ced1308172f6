package dev.walvault.store.http;

import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;

/** What happens between this host and a service over HTTP. */
public sealed interface HttpEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    /** The clocks of this host and of the service differ, so that the service refuses requests. */
    record ClockDiffers(String sentence) implements HttpEvent {
        @Override
        public String type() {
            return "clock-differs";
        }

        @Override
        public String sentence() {
            return sentence;
        }

        @Override
        public void put(JsonText json) {
            // nothing but its sentence
        }
    }
}
