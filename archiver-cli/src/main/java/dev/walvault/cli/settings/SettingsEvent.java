package dev.walvault.cli.settings;

import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import java.nio.file.Path;
import java.util.Optional;

/** What the operator should know of the configuration although it is no error. */
public sealed interface SettingsEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    /** A file with a secret can be read by its group or by others. */
    record SecretExposed(String what, Path path) implements SettingsEvent {
        @Override
        public String type() {
            return "secret-exposed";
        }

        @Override
        public String sentence() {
            return what + " \"" + path + "\" holds a secret and can be read by its group or by others";
        }

        @Override
        public void put(JsonText json) {
            json.put("path", path.toString());
        }
    }

    /** A setting narrows what another one says, which is not set. */
    record SettingIneffective(String setting, String needed) implements SettingsEvent {
        @Override
        public String type() {
            return "setting-ineffective";
        }

        @Override
        public String sentence() {
            return "setting " + setting + " does nothing without " + needed;
        }

        @Override
        public void put(JsonText json) {
            json.put("setting", setting).put("needed", needed);
        }
    }

    /** A variable of the environment begins like ours and sets nothing. */
    record VariableUnknown(String name, Optional<String> near) implements SettingsEvent {
        @Override
        public String type() {
            return "variable-unknown";
        }

        @Override
        public String sentence() {
            return "environment variable " + name + " sets nothing"
                    + near.map(each -> "; did you mean " + each + "?").orElse("");
        }

        @Override
        public void put(JsonText json) {
            json.put("variable", name);
        }
    }
}
