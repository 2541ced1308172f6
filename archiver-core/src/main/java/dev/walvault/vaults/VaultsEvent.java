package dev.walvault.vaults;

import dev.walvault.ArchiverException;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import dev.walvault.observe.Problem;
import dev.walvault.pg.WalFile;
import java.time.Duration;

/** What happens where WAL is in some of several vaults, and not in others. */
public sealed interface VaultsEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    private static String behind(WalFile file) {
        return "\"" + file.name() + "\" is not in every vault yet and is brought there later; ";
    }

    /** A vault lacks what others have, and cannot be caught up now; {@code reached} says whether it could be opened. */
    record VaultBehind(String vault, ArchiverException reason, boolean reached) implements VaultsEvent {
        @Override
        public String type() {
            return "vault-behind";
        }

        @Override
        public String sentence() {
            return "vault \"" + vault
                    + (reached
                            ? "\" is behind and cannot be caught up now: "
                            : "\" cannot be used now, and is caught up later: ")
                    + reason.sentence();
        }

        @Override
        public void put(JsonText json) {
            json.put("vault", vault).put("reached", reached).putObject("reason", Problem.of(reason));
        }
    }

    /** A file can never be brought to a vault that lacks it; nobody tries again. */
    record DebtSetAside(WalFile file, String vault, ArchiverException reason) implements VaultsEvent {
        @Override
        public String type() {
            return "file-cannot-be-caught-up";
        }

        @Override
        public String sentence() {
            return "\"" + file.name() + "\" cannot be brought to vault \"" + vault + "\": " + reason.sentence();
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).put("vault", vault).putObject("reason", Problem.of(reason));
        }
    }

    /**
     * A file is durable where it was demanded, and a vault that was not could not be given it; it is brought there
     * later.
     */
    record VaultLacksFile(WalFile file, String vault, ArchiverException reason) implements VaultsEvent {
        @Override
        public String type() {
            return "vault-lacks-file";
        }

        @Override
        public String sentence() {
            return behind(file) + "vault \"" + vault + "\": " + reason.sentence();
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).put("vault", vault).putObject("reason", Problem.of(reason));
        }
    }

    /** As {@link VaultLacksFile}, for a vault that had not replied when the others and the {@code grace} were over. */
    record VaultSlow(WalFile file, String vault, Duration grace) implements VaultsEvent {
        @Override
        public String type() {
            return "vault-slow";
        }

        @Override
        public String sentence() {
            return behind(file) + "vault \"" + vault + "\": no answer in " + grace.toMillis()
                    + " ms more than the others took";
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).put("vault", vault).put("graceMillis", grace.toMillis());
        }
    }

    /** A file came from another vault, because an earlier one could not give it. */
    record ServedElsewhere(WalFile file, String vault, ArchiverException reason) implements VaultsEvent {
        @Override
        public String type() {
            return "file-from-other-vault";
        }

        @Override
        public String sentence() {
            return "\"" + file.name() + "\" comes from another vault; vault \"" + vault + "\": " + reason.sentence();
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).put("vault", vault).putObject("reason", Problem.of(reason));
        }
    }
}
