package dev.walvault.cli.wiring;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.cli.console.Usage;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.cli.settings.VaultUrls;
import dev.walvault.store.Place;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The places that the setting "vault" names, in its order, and how a command line names one of them: by its number,
 * from 1, or by its URL. A URL names a place however it is spelled; without options it also names the one vault that is
 * there with some.
 */
public record Places(List<Place> all) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    public Places {
        all = List.copyOf(all);
    }

    /** The configured ones, of which there may be none. */
    static Places of(Settings settings) throws ConfigurationException {
        List<Place> all =
                settings.texts(Setting.VAULT).stream().map(VaultUrls::place).toList();
        Set<String> known = new HashSet<>();
        for (Place place : all) {
            if (!known.add(place.identity())) {
                throw Fault.of(ErrorCode.CONFIGURATION, "vault \"" + place + "\" is named twice")
                        .detail("set by " + settings.value(Setting.VAULT).origin())
                        .hint("Two names of one vault are not two copies.")
                        .configuration();
            }
        }
        return new Places(all);
    }

    /** The number of this place; empty if it is not configured. */
    public OptionalInt numberOf(Place place) {
        return numbers(each -> each.identity().equals(place.identity())).findFirst();
    }

    /** The number of the configured place that {@code text} names. */
    public int number(String text) throws ConfigurationException {
        OptionalInt number = NUMBER.matcher(text).matches()
                ? numbers(_ -> true)
                        .filter(each -> each == Integer.parseInt(text))
                        .findFirst()
                : named(Usage.meant(VaultUrls::place, text));
        if (number.isEmpty()) {
            throw Usage.wrong("there is no vault \"" + text + "\"; " + listed());
        }
        return number.getAsInt();
    }

    /** The place that {@code text} names, configured or not; a URL with options is taken as it stands. */
    Place any(String text) throws ConfigurationException {
        if (NUMBER.matcher(text).matches()) {
            return all.get(number(text) - 1);
        }
        Place place = Usage.meant(VaultUrls::place, text);
        OptionalInt number = place.isBare() ? named(place) : OptionalInt.empty();
        return number.isPresent() ? all.get(number.getAsInt() - 1) : place;
    }

    private OptionalInt named(Place place) throws ConfigurationException {
        OptionalInt same = numberOf(place);
        if (same.isPresent() || !place.isBare()) {
            return same;
        }
        int[] there = numbers(each -> each.toString().equals(place.toString())).toArray();
        if (there.length > 1) {
            throw Usage.wrong(
                    "\"" + place + "\" names several vaults, of different services; use a number: " + listed());
        }
        return IntStream.of(there).findFirst();
    }

    private IntStream numbers(Predicate<Place> which) {
        return IntStream.rangeClosed(1, all.size()).filter(number -> which.test(all.get(number - 1)));
    }

    private String listed() {
        return all.isEmpty()
                ? "none is configured"
                : (all.size() == 1 ? "there is " : "there are ")
                        + numbers(_ -> true)
                                .mapToObj(number -> number + " (" + all.get(number - 1) + ")")
                                .collect(Collectors.joining(", "));
    }
}
