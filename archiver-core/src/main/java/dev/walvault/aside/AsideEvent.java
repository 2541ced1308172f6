package dev.walvault.aside;

import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import java.nio.file.Path;

/** What happens to an old data directory that makes room for a restore. */
public sealed interface AsideEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    /** {@code postmaster.pid} is there, and names no server of this host. */
    record ServerCrashed(String process) implements AsideEvent {
        @Override
        public String type() {
            return "postmaster-pid-stale";
        }

        @Override
        public String sentence() {
            return "\"postmaster.pid\" names process " + process
                    + ", which is no server here: it has crashed, or it runs on another host or in another container, which cannot be seen from here";
        }

        @Override
        public void put(JsonText json) {
            json.put("process", process);
        }
    }

    /** What was moved aside from another directory lies here, and is left alone. */
    record ForeignSetAside(Path home, Path directory, Path data) implements AsideEvent {
        @Override
        public String type() {
            return "set-aside-of-another";
        }

        @Override
        public String sentence() {
            return "what is in \"" + home + "\" was moved aside from \"" + directory + "\", not from \"" + data
                    + "\": it is a copy, or seen from another place, and is left alone";
        }

        @Override
        public void put(JsonText json) {
            json.put("path", home.toString()).put("directory", directory.toString());
        }
    }

    /** A restore that was interrupted is undone first. */
    record Undoing(Path directory) implements AsideEvent {
        @Override
        public String type() {
            return "undoing-interrupted-restore";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "undoing the interrupted restore into \"" + directory + "\"";
        }

        @Override
        public void put(JsonText json) {
            json.put("directory", directory.toString());
        }
    }

    /** The old content is moved aside. */
    record MovingAside(Path directory) implements AsideEvent {
        @Override
        public String type() {
            return "moving-aside";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "moving the old data directory aside";
        }

        @Override
        public void put(JsonText json) {
            json.put("directory", directory.toString());
        }
    }

    /** The old content is removed, except its WAL. */
    record RemovingOld(Path directory) implements AsideEvent {
        @Override
        public String type() {
            return "removing-old";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "removing the old data directory";
        }

        @Override
        public void put(JsonText json) {
            json.put("directory", directory.toString());
        }
    }

    /** The restored content is removed, and the old one comes back. */
    record PuttingBack(Path directory) implements AsideEvent {
        @Override
        public String type() {
            return "putting-old-back";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "removing the restored data directory and putting back the old one";
        }

        @Override
        public void put(JsonText json) {
            json.put("directory", directory.toString());
        }
    }

    /** A restore failed, and the old content is back. */
    record OldIsBack(Path directory) implements AsideEvent {
        @Override
        public String type() {
            return "old-is-back";
        }

        @Override
        public String sentence() {
            return "the old data directory is back in \"" + directory + "\"";
        }

        @Override
        public void put(JsonText json) {
            json.put("directory", directory.toString());
        }
    }

    /** A tablespace that the restored server has created stays where it is. */
    record TablespaceLeft(long oid, Path place) implements AsideEvent {
        @Override
        public String type() {
            return "tablespace-left";
        }

        @Override
        public String sentence() {
            return "the restored server has created tablespace " + oid + " at \"" + place
                    + "\": its files stay there; remove them when you are sure that nobody needs them";
        }

        @Override
        public void put(JsonText json) {
            json.put("oid", oid).put("path", place.toString());
        }
    }

    /** A link of the old data directory leads to a place where nothing of its server is. */
    record TablespaceGone(String link, Path place) implements AsideEvent {
        @Override
        public String type() {
            return "tablespace-gone";
        }

        @Override
        public String sentence() {
            return "\"" + link + "\" leads to \"" + place
                    + "\", where nothing of the server is; what it held, if it still exists, is left alone";
        }

        @Override
        public void put(JsonText json) {
            json.put("link", link).put("path", place.toString());
        }
    }
}
