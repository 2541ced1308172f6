package dev.walvault.backup;

import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import java.util.List;
import java.util.stream.Collectors;

/** What is found in a data directory that is backed up. */
public sealed interface SourceEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    /** Pages of a file failed their checksum; {@code blocks} are the first of them. */
    record BadPages(String path, List<Long> blocks, long count) implements SourceEvent {
        @Override
        public String type() {
            return "bad-pages";
        }

        @Override
        public String sentence() {
            return "page verification failed in \"" + path + "\", block "
                    + blocks.stream().map(String::valueOf).collect(Collectors.joining(", "))
                    + (count <= blocks.size() ? "" : " and " + (count - blocks.size()) + " more");
        }

        @Override
        public void put(JsonText json) {
            json.put("path", path).putNumbers("blocks", blocks).put("badPages", count);
        }
    }

    /** An entry of the data directory is not in the backup. */
    record LeftOut(String path, String why) implements SourceEvent {
        @Override
        public String type() {
            return "file-left-out";
        }

        @Override
        public String sentence() {
            return "\"" + path + "\" " + why;
        }

        @Override
        public void put(JsonText json) {
            json.put("path", path).put("why", why);
        }
    }

    /** What a symbolic link leads to is stored in its place. */
    record LinkFollowed(String path, String target) implements SourceEvent {
        @Override
        public String type() {
            return "link-followed";
        }

        @Override
        public String sentence() {
            return "\"" + path + "\" is a symbolic link to \"" + target + "\"; its content is stored in its place";
        }

        @Override
        public void put(JsonText json) {
            json.put("path", path).put("target", target);
        }
    }

    /** A symbolic link is stored as a link: what it leads to is not in the backup. */
    record LinkStored(String path, String target) implements SourceEvent {
        @Override
        public String type() {
            return "link-stored";
        }

        @Override
        public String sentence() {
            return "\"" + path + "\" is a symbolic link to \"" + target
                    + "\" and is stored as a link: what it leads to is not in the backup";
        }

        @Override
        public void put(JsonText json) {
            json.put("path", path).put("target", target);
        }
    }
}
