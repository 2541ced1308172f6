package dev.walvault.pg.link;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A file of connection services, as libpq reads it: a section for each service, a line for each of its parameters. */
final class ServiceFile {
    /** Parameters that do not change to whom we speak, nor how safely; they are passed over. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "application_name",
            "fallback_application_name",
            "client_encoding",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "tcp_user_timeout",
            "gssencmode",
            "sslcompression",
            "target_session_attrs",
            "load_balance_hosts");

    private final Path path;

    ServiceFile(Path path) {
        this.path = path;
    }

    /**
     * What it says of this service; empty if it does not have it.
     *
     * @throws ConfigurationException CONFIGURATION if it cannot be read, or the service has a parameter that we do not
     *     know
     */
    Optional<Map<ConnectionOption, String>> find(String service) throws ConfigurationException {
        Map<ConnectionOption, String> found = new EnumMap<>(ConnectionOption.class);
        boolean inside = false;
        int number = 0;
        for (String each : lines()) {
            number++;
            String line = each.strip();
            if (line.startsWith("[")) {
                if (inside) {
                    break;
                }
                inside = line.equals("[" + service + "]");
            } else if (inside && !line.isEmpty() && !line.startsWith("#")) {
                take(line, number, found);
            }
        }
        return inside ? Optional.of(found) : Optional.empty();
    }

    private List<String> lines() throws ConfigurationException {
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw Fault.of(ErrorCode.CONFIGURATION, "could not read service file \"" + path + "\"")
                    .detail(FileTrouble.reason(e))
                    .cause(e)
                    .configuration();
        }
    }

    private void take(String line, int number, Map<ConnectionOption, String> found) throws ConfigurationException {
        int equals = line.indexOf('=');
        if (equals < 0) {
            throw wrong(number, "there is no \"=\" in it").configuration();
        }
        String keyword = line.substring(0, equals).strip();
        Optional<ConnectionOption> option = ConnectionOption.find(keyword);
        if (option.isPresent()) {
            // the first one counts, as with libpq
            found.putIfAbsent(option.get(), line.substring(equals + 1).strip());
        } else if (!WITHOUT_EFFECT.contains(keyword)) {
            throw wrong(number, "parameter \"" + keyword + "\" is not supported")
                    .hint("Remove it from the service, or set the connection in section [postgres] without a service.")
                    .configuration();
        }
    }

    private Fault wrong(int number, String why) {
        return Fault.of(ErrorCode.CONFIGURATION, "service file \"" + path + "\" cannot be used")
                .detail("line " + number + ": " + why);
    }
}
