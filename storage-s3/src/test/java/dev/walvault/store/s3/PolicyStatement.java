package dev.walvault.store.s3;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One statement of an IAM policy: wildcards in actions and resources, and conditions on {@code s3:prefix}. Anything
 * else is refused, because leaving it out would give or take rights that AWS does not.
 */
record PolicyStatement(boolean allow, List<Pattern> actions, List<Pattern> resources, List<Pattern> prefixes) {
    private static final Set<String> KNOWN = Set.of("Sid", "Effect", "Action", "Resource", "Condition");
    private static final Set<String> OPERATORS = Set.of("StringLike", "StringEquals");

    /** The statements of a policy document. */
    static List<PolicyStatement> read(String document) {
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), document)) {
            parser.nextToken();
            Map<?, ?> policy = (Map<?, ?>) value(parser);
            if (!"2012-10-17".equals(policy.get("Version"))) {
                throw new IllegalArgumentException("a policy's version is 2012-10-17: " + document);
            }
            return listOf(member(policy, "Statement")).stream()
                    .map(each -> of((Map<?, ?>) each))
                    .toList();
        }
    }

    /** Where a request names keys in its body, S3 judges each of them; here it is enough that some are covered. */
    boolean covers(S3Access access) {
        return matches(actions, access.action())
                && (matches(resources, access.resource()) || coversSomeOf(access.resource()))
                && (prefixes.isEmpty() || matches(prefixes, access.prefix()));
    }

    private static PolicyStatement of(Map<?, ?> statement) {
        if (!KNOWN.containsAll(statement.keySet())) {
            throw new IllegalArgumentException("not understood: " + statement);
        }
        List<Pattern> prefixes = new ArrayList<>();
        if (statement.get("Condition") instanceof Map<?, ?> condition) {
            condition.forEach((operator, test) -> {
                if (!OPERATORS.contains(operator)
                        || !((Map<?, ?>) test).keySet().equals(Set.of("s3:prefix"))) {
                    throw new IllegalArgumentException("not understood: " + condition);
                }
                prefixes.addAll(patterns(member((Map<?, ?>) test, "s3:prefix"), operator.equals("StringLike")));
            });
        }
        return new PolicyStatement(
                member(statement, "Effect").equals("Allow"),
                patterns(member(statement, "Action"), true),
                patterns(member(statement, "Resource"), true),
                List.copyOf(prefixes));
    }

    private boolean coversSomeOf(String resource) {
        String objects = resource.substring(0, resource.length() - 1);
        return resource.endsWith("/?")
                && resources.stream().anyMatch(each -> each.pattern().startsWith("\\Q" + objects));
    }

    private static boolean matches(List<Pattern> patterns, String text) {
        return patterns.stream().anyMatch(each -> each.matcher(text).matches());
    }

    private static List<Pattern> patterns(Object texts, boolean wildcards) {
        return listOf(texts).stream()
                .map(each -> Pattern.quote((String) each))
                .map(quoted -> Pattern.compile(
                        wildcards ? quoted.replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q") : quoted))
                .toList();
    }

    private static Object member(Map<?, ?> object, String name) {
        return Objects.requireNonNull(object.get(name), () -> "no \"" + name + "\" in " + object);
    }

    /** IAM lets a list of one be written without brackets. */
    private static List<?> listOf(Object value) {
        return value instanceof List<?> list ? list : List.of(value);
    }

    private static Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            default -> parser.getString();
        };
    }
}
