package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.seal.ContentDigest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Two calls of archive-get for one place, as when a call of restore_command outlives its server and the next server
 * asks. Each goes on, is suspended for a while or gets kill -9, at random moments. No server runs, so nothing keeps
 * them apart but what they do themselves: each writes a file of its own, and what is for recovery never takes the
 * place of a file that was not there when the call began.
 */
class ConcurrentGetTest {
    private static final int SAMPLE = 8;
    private static final int DEAD = 137;
    private static final int DOUBT = 255;
    private static final List<Fate> FATES =
            List.of(Fate.GOES_ON, Fate.GOES_ON, Fate.SUSPENDED, Fate.SUSPENDED, Fate.KILLED);

    private record Segment(String name, ContentDigest content) {
        @Override
        public String toString() {
            return name;
        }
    }

    private enum Fate {
        GOES_ON,
        SUSPENDED,
        KILLED
    }

    /** What is done to a call, in milliseconds from when it can reach the vault. */
    private record Harm(Fate fate, int after, int lasts) {
        static Harm drawn(RandomGenerator random) {
            return new Harm(FATES.get(random.nextInt(FATES.size())), random.nextInt(1200), 50 + random.nextInt(1500));
        }
    }

    /**
     * One trial. The older call always begins while the vault is unreachable, and so at a free place.
     *
     * @param forRecovery whether it is the place where a server asks for a segment
     * @param together whether the younger call begins then, too
     * @param lead otherwise, how many milliseconds after the vault has come back
     */
    private record Plan(
            boolean forRecovery, boolean together, int lead, int older, Harm ofOlder, int younger, Harm ofYounger) {
        static Plan drawn(RandomGenerator random) {
            return new Plan(
                    random.nextInt(4) > 0,
                    random.nextBoolean(),
                    random.nextInt(1200),
                    random.nextInt(2),
                    Harm.drawn(random),
                    random.nextInt(2),
                    Harm.drawn(random));
        }
    }

    @Test
    void whatACallAnswersIsTrueOfThePlace() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(16))) {
            List<Segment> segments = segments(site);
            Path data = site.primary().dataDirectory();
            Walvault walvault = site.configured(
                            "patient", text -> text.replace("retry_budget = \"2s\"", "retry_budget = \"60s\""))
                    .in(data);
            Trials.run("two calls of archive-get for one place", SAMPLE, random -> {
                Plan plan = Plan.drawn(random);
                // people, and pg_rewind, name it otherwise
                Path place = data.resolve("pg_wal").resolve(plan.forRecovery() ? "RECOVERYXLOG" : "another");
                try (var calls = new TwoCalls(site, walvault, plan, new Place(place, segments))) {
                    return calls.run();
                } catch (AssertionError e) {
                    throw new AssertionError(plan + ": " + e.getMessage(), e);
                }
            });
        }
    }

    /** Two that are archived, of a server that has stopped. */
    private static List<Segment> segments(Site site) throws Exception {
        var segments = new ArrayList<Segment>();
        site.primary().sql("CREATE TABLE t (n int, filler text)");
        for (int i = 0; i < 2; i++) {
            site.primary().sql("INSERT INTO t SELECT n, md5(n::text) FROM generate_series(1, 50000) n");
            String name = site.primary().switchWal();
            site.primary().awaitArchived(name, PATIENCE);
            Path file = site.primary().dataDirectory().resolve("pg_wal").resolve(name);
            segments.add(new Segment(name, ContentDigest.of(Files.readAllBytes(file))));
        }
        site.primary().stop();
        return segments;
    }

    /** Where both calls put their file. It is always one of the segments, whole, or nothing. */
    private static final class Place {
        private final Path path;
        private final List<Segment> segments;
        private String seen = "";

        Place(Path path, List<Segment> segments) {
            this.path = path;
            this.segments = segments;
        }

        /** As a server does before it asks; returns whether something was there. */
        boolean clear() throws IOException {
            return Files.deleteIfExists(path);
        }

        /** Looks whether it is whole, if it is another file than the last time. */
        void look() throws IOException {
            String now;
            try {
                var attributes = Files.readAttributes(path, BasicFileAttributes.class);
                now = attributes.fileKey() + " " + attributes.size() + " " + attributes.lastModifiedTime();
            } catch (NoSuchFileException _) {
                now = "";
            }
            if (!now.equals(seen)) {
                seen = now;
                var _ = content();
            }
        }

        /** Which segment is there. */
        Optional<Segment> content() throws IOException {
            byte[] content;
            try {
                content = Files.readAllBytes(path);
            } catch (NoSuchFileException _) {
                return Optional.empty();
            }
            Optional<Segment> which = segments.stream()
                    .filter(each -> each.content().equals(ContentDigest.of(content)))
                    .findFirst();
            assertThat(which)
                    .as("the segment of these %d bytes", content.length)
                    .isPresent();
            return which;
        }
    }

    /** A call, what is to be done to it, and what came of it. */
    private static final class Call {
        private final Segment segment;
        private final Harm harm;
        private final Running running;
        private long reached;
        private boolean suspended;
        private boolean done;
        private int status = -1;

        Call(Segment segment, Harm harm, Running running) {
            this.segment = segment;
            this.harm = harm;
            this.running = running;
        }

        void reaches() {
            reached = System.nanoTime();
        }

        long millis() {
            return (System.nanoTime() - reached) / 1_000_000;
        }

        boolean hasEnded() {
            return status >= 0;
        }

        /** Does what is due. */
        void harm() throws IOException, InterruptedException {
            if (done || !running.isAlive() || millis() < harm.after()) {
                return;
            }
            switch (harm.fate()) {
                case GOES_ON -> done = true;
                case KILLED -> {
                    running.kill();
                    done = true;
                }
                case SUSPENDED -> {
                    if (!suspended) {
                        running.suspend();
                        suspended = true;
                    } else if (millis() >= harm.after() + harm.lasts()) {
                        running.resume();
                        done = true;
                    }
                }
            }
        }

        String came() {
            return switch (status) {
                case 0 -> suspended ? "served after a pause" : "served";
                case DOUBT -> "refused";
                default -> "killed";
            };
        }
    }

    private static final class TwoCalls implements Closeable {
        private final Site site;
        private final Walvault walvault;
        private final Plan plan;
        private final Place place;
        private final List<Call> calls = new ArrayList<>();

        TwoCalls(Site site, Walvault walvault, Plan plan, Place place) {
            this.site = site;
            this.walvault = walvault;
            this.plan = plan;
            this.place = place;
        }

        String run() throws Exception {
            place.clear();
            Files.move(site.vault(), away());
            Call older = begin(plan.older(), plan.ofOlder());
            awaitWaiting(older);
            Call younger;
            boolean tookAway = false;
            if (plan.together()) {
                younger = begin(plan.younger(), plan.ofYounger());
                awaitWaiting(younger);
                Files.move(away(), site.vault());
                calls.forEach(Call::reaches);
            } else {
                Files.move(away(), site.vault());
                older.reaches();
                watch(() -> older.millis() >= plan.lead());
                tookAway = place.clear();
                younger = begin(plan.younger(), plan.ofYounger());
                younger.reaches();
            }
            watch(() -> calls.stream().allMatch(Call::hasEnded));
            require(older, younger, tookAway);
            return (plan.forRecovery() ? "" : "another place: ") + "the older one " + older.came()
                    + ", the younger one " + younger.came();
        }

        private Path away() {
            return site.vault().resolveSibling("vault.away");
        }

        private Call begin(int segment, Harm harm) throws IOException {
            Segment asked = place.segments.get(segment);
            var call = new Call(
                    asked, harm, walvault.start("archive-get", asked.name(), "pg_wal/" + place.path.getFileName()));
            calls.add(call);
            return call;
        }

        /** From now on it is known to have begun. */
        private static void awaitWaiting(Call call) throws Exception {
            Condition.await("it tries again", PATIENCE, () -> call.running.err().contains("trying again"));
        }

        private void watch(Condition until) throws Exception {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!until.holds()) {
                assertThat(System.nanoTime()).as("a call does not end").isLessThan(end);
                for (Call call : calls) {
                    call.harm();
                    if (!call.hasEnded() && !call.running.isAlive()) {
                        call.status = call.running.await(PATIENCE).status();
                        requireItsOwn(call);
                    }
                }
                place.look();
                Thread.sleep(Duration.ofMillis(3));
            }
        }

        /** As the server finds it that has just been answered 0. */
        private void requireItsOwn(Call call) throws IOException {
            boolean isYounger = calls.size() == 2 && calls.getLast() == call;
            if (call.status == 0 && isYounger && plan.forRecovery()) {
                assertThat(place.content())
                        .as("what the younger call was answered 0 for")
                        .contains(call.segment);
            }
        }

        private void require(Call older, Call younger, boolean tookAway) throws IOException {
            Optional<Segment> left = place.content();
            requireStatus(older, younger, left);
            requireStatus(younger, older, left);
            if (plan.forRecovery() && younger.status == 0) {
                assertThat(left).as("the older call must not replace it").contains(younger.segment);
            }
            if (plan.forRecovery() && plan.together()) {
                assertThat(List.of(older.status, younger.status))
                        .as("only one of them can have put its file there")
                        .isNotEqualTo(List.of(0, 0));
            }
            if (older.status == 0 && !tookAway) {
                assertThat(left).as("what the older call was answered 0 for").isPresent();
            }
            try (Stream<Path> files = Files.list(place.path.resolveSibling(""))) {
                assertThat(files.map(file -> file.getFileName().toString())
                                .filter(name -> name.startsWith(place.path.getFileName() + ".")))
                        .as("files in the making, in the data directory")
                        .isEmpty();
            }
        }

        /** It has put its file there, was killed, or the other one was faster: then the file is the other one's. */
        private void requireStatus(Call call, Call other, Optional<Segment> left) throws IOException {
            String said = call.running.err();
            switch (call.status) {
                case 0 -> {}
                case DOUBT -> {
                    assertThat(plan.forRecovery())
                            .as("only here a call is refused: " + said)
                            .isTrue();
                    assertThat(said).contains("is there already");
                    assertThat(other.status).as("status of the other call").isIn(0, DEAD);
                    assertThat(left).as("what the other call has put there").contains(other.segment);
                }
                case DEAD -> assertThat(call.harm.fate()).as(said).isEqualTo(Fate.KILLED);
                default -> throw new AssertionError("status " + call.status + ": " + said);
            }
        }

        @Override
        public void close() throws IOException {
            for (Call call : calls) {
                call.running.close();
            }
            if (Files.exists(away())) {
                Files.move(away(), site.vault());
            }
        }
    }
}
