import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.bson.Document;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Documents by the text in the first key, or by the texts in its list; in memory, and made again at each start. */
class OrderedIndex<P> extends Index<P> {
  private final TreeMap<String, Set<Object>> ids = new TreeMap<>();
  private final Map<Object, P> positions = new HashMap<>();
  private final String key;

  OrderedIndex(String name, List<IndexKey> keys) {
    super(name, keys, true);
    key = keys.get(0).getKey();
  }

  private Set<String> texts(Document document) {
    var value = document.get(key);
    var values = value instanceof Collection<?> list ? list : Collections.singleton(value);
    return values.stream().filter(String.class::isInstance).map(String.class::cast).collect(Collectors.toSet());
  }

  @Override
  public synchronized P getPosition(Document document) {
    return positions.get(document.get("_id"));
  }

  @Override
  public void checkAdd(Document document, MongoCollection<P> collection) {}

  @Override
  public void checkUpdate(Document before, Document after, MongoCollection<P> collection) {}

  @Override
  public synchronized void add(Document document, P position, MongoCollection<P> collection) {
    var id = document.get("_id");
    for (var text : texts(document)) ids.computeIfAbsent(text, any -> new LinkedHashSet<>()).add(id);
    positions.put(id, position);
  }

  @Override
  public synchronized P remove(Document document) {
    var id = document.get("_id");
    for (var text : texts(document)) ids.computeIfPresent(text, (any, set) -> {
      set.remove(id);
      return set.isEmpty() ? null : set;
    });
    return positions.remove(id);
  }

  @Override
  public synchronized void updateInPlace(Document before, Document after, P position, MongoCollection<P> collection) {
    remove(before);
    add(after, position, collection);
  }

  @Override
  public boolean canHandle(Document query) {
    return !key.contains(".") && found(query, false) != null;
  }

  @Override
  public synchronized Iterable<P> getPositions(Document query) {
    return found(query, true).flatMap(Collection::stream).distinct().map(positions::get).toList();
  }

  /** The ids of what may fulfil the query, where it compares the key with texts; otherwise null. */
  private Stream<Set<Object>> found(Document query, boolean look) {
    var asked = query.get(key);
    if (asked instanceof Document operators && operators.containsKey("$eq")) asked = operators.get("$eq");
    if (asked instanceof String text) return look ? Stream.of(ids.getOrDefault(text, Set.of())) : Stream.of();
    if (!(asked instanceof Document operators)) return null;
    if (operators.get("$in") instanceof Collection<?> list && list.stream().allMatch(String.class::isInstance)) {
      return look ? list.stream().map(text -> ids.getOrDefault(text, Set.of())) : Stream.of();
    }
    var low = text(operators, "$gt", "$gte");
    var high = text(operators, "$lt", "$lte");
    if (low == null && high == null) return null;
    if (!look) return Stream.of();
    if (low != null && high != null && low.compareTo(high) > 0) return Stream.of();
    var from = low == null ? ids : ids.tailMap(low, true);
    return (high == null ? from : from.headMap(high, true)).values().stream();
  }

  private static String text(Document operators, String... names) {
    for (var name : names) if (operators.get(name) instanceof String text) return text;
    return null;
  }

  @Override
  public long getCount() {
    return positions.size();
  }

  @Override
  public long getDataSize() {
    return 0;
  }

  @Override
  public void drop() {}
}
