package dev.walvault.it;

import dev.walvault.store.s3.Answer;
import dev.walvault.store.s3.FaultProxy;
import dev.walvault.store.s3.Misbehaviour;
import dev.walvault.store.s3.Misbehaviour.End;
import dev.walvault.store.s3.Misbehaviour.Way;
import dev.walvault.store.s3.Rule;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Everything that a network and a store do to their clients, each for a share of all requests. */
final class BadWeather {
    private final RandomGenerator random;
    private final double share;
    private final Map<String, Rule> rules = new LinkedHashMap<>();

    /** Each kind of trouble befalls this share of the requests. */
    BadWeather(RandomGenerator random, double share) {
        this.random = random;
        this.share = share;
    }

    BadWeather over(FaultProxy proxy) {
        put(proxy, "connection refused", new Misbehaviour.Refuse(End.RESET));
        put(proxy, "request cut", new Misbehaviour.Break(Way.REQUEST, 20_000, End.RESET));
        put(proxy, "answer cut", new Misbehaviour.Break(Way.RESPONSE, 10_000, End.CLOSE));
        put(proxy, "answer lost after the bytes landed", new Misbehaviour.LoseAnswer(End.RESET));
        put(proxy, "500", new Misbehaviour.Say(Answer.internalError()));
        put(proxy, "500 after the work was done", new Misbehaviour.SayAfter(Answer.internalError()));
        put(proxy, "503 SlowDown", new Misbehaviour.Say(Answer.slowDown()));
        put(proxy, "429", new Misbehaviour.Say(Answer.tooManyRequests()));
        put(proxy, "delayed", new Misbehaviour.Delay(Duration.ofMillis(300)));
        put(proxy, "byte flipped on the way up", new Misbehaviour.Flip(Way.REQUEST, 1_000));
        put(proxy, "byte flipped on the way down", new Misbehaviour.Flip(Way.RESPONSE, 1_000));
        put(proxy, "silence", new Misbehaviour.Break(Way.RESPONSE, 5_000, End.HANG));
        return this;
    }

    private void put(FaultProxy proxy, String name, Misbehaviour misbehaviour) {
        var drawn = RandomGeneratorFactory.getDefault().create(random.nextLong());
        rules.put(
                name,
                proxy.add(Rule.on(request -> true).withProbability(share, drawn).then(misbehaviour)));
    }

    /** How often each of them happened. */
    Map<String, Integer> happened() {
        var counts = new LinkedHashMap<String, Integer>();
        rules.forEach((name, rule) -> counts.put(name, rule.fired()));
        return counts;
    }
}
