import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DefaultQueryMatcher;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.mvstore.MVStore;

/**
 * Unique indexes heed their filter, as MongoDB's do, and others are there at all; the double by itself has every document
 * in the former and reads through the collection instead of the latter.
 */
class IndexedDatabase extends H2Database {
  /** Filters of indexes that are being made; those of others are among the stored descriptions. */
  private Map<String, Document> fresh;

  IndexedDatabase(String name, MVStore store, CursorRegistry cursors) {
    super(name, store, cursors);
  }

  @Override
  protected void addIndex(Document description) {
    if (fresh == null) fresh = new ConcurrentHashMap<>();
    var filter = (Document) description.get("partialFilterExpression");
    var name = description.get("ns") + " " + description.get("name");
    if (filter != null) fresh.put(name, filter);
    super.addIndex(description);
    fresh.remove(name);
  }

  @Override
  protected Index<Object> openOrCreateUniqueIndex(String collection, String name, List<IndexKey> keys, boolean sparse) {
    var inner = super.openOrCreateUniqueIndex(collection, name, keys, sparse);
    return new Keyed<>(inner, name, keys, sparse, filter(getDatabaseName() + "." + collection, name));
  }

  @Override
  protected Index<Object> openOrCreateSecondaryIndex(
      String collection, String name, List<IndexKey> keys, boolean sparse) {
    return new OrderedIndex<>(name, keys);
  }

  private Document filter(String namespace, String name) {
    var known = fresh == null ? null : fresh.get(namespace + " " + name);
    if (known != null) return known;
    return getOrCreateIndexesCollection()
        .queryAllAsStream()
        .filter(one -> name.equals(one.get("name")) && namespace.equals(one.get("ns")))
        .findFirst()
        .map(one -> (Document) one.get("partialFilterExpression"))
        .orElse(null);
  }
}

/** A unique index of the documents that fulfil its filter; it also serves queries that ask for more than its keys. */
class Keyed<P> extends Index<P> {
  private final Index<P> inner;
  private final Document filter;
  private final DefaultQueryMatcher matcher = new DefaultQueryMatcher();

  Keyed(Index<P> inner, String name, List<IndexKey> keys, boolean sparse, Document filter) {
    super(name, keys, sparse || filter != null);
    this.inner = inner;
    this.filter = filter;
  }

  private boolean has(Document document) {
    return filter == null || matcher.matches(document, filter);
  }

  @Override
  public P getPosition(Document document) {
    return has(document) ? inner.getPosition(document) : null;
  }

  @Override
  public void checkAdd(Document document, MongoCollection<P> collection) {
    if (has(document)) inner.checkAdd(document, collection);
  }

  @Override
  public void add(Document document, P position, MongoCollection<P> collection) {
    if (has(document)) inner.add(document, position, collection);
  }

  @Override
  public P remove(Document document) {
    return has(document) ? inner.remove(document) : null;
  }

  @Override
  public void checkUpdate(Document before, Document after, MongoCollection<P> collection) {
    if (has(before) && has(after)) inner.checkUpdate(before, after, collection);
    else checkAdd(after, collection);
  }

  @Override
  public void updateInPlace(Document before, Document after, P position, MongoCollection<P> collection) {
    if (has(before) && has(after)) {
      inner.updateInPlace(before, after, position, collection);
    } else {
      remove(before);
      add(after, position, collection);
    }
  }

  @Override
  public boolean canHandle(Document query) {
    var narrowed = narrowed(query);
    return narrowed != null && inner.canHandle(narrowed);
  }

  @Override
  public Iterable<P> getPositions(Document query) {
    return inner.getPositions(narrowed(query));
  }

  /** What the query asks of the keys, where they are compared with values that the filter lets in; otherwise null. */
  private Document narrowed(Document query) {
    var narrowed = new Document();
    for (var key : keys()) {
      var asked = query.get(key);
      if (asked instanceof Document operators) asked = operators.containsKey("$eq") ? operators.get("$eq") : asked;
      if (asked instanceof Document operators && operators.get("$in") instanceof Collection<?> list) {
        if (!list.stream().allMatch(one -> isScalar(one) && has(new Document(key, one)))) return null;
        narrowed.put(key, new Document("$in", list));
      } else if (isScalar(asked)) {
        narrowed.put(key, asked);
      } else {
        return null;
      }
    }
    return filter == null || keys().size() == 1 && narrowed.get(keys().get(0)) instanceof Document || has(narrowed)
        ? narrowed
        : null;
  }

  private static boolean isScalar(Object value) {
    return value instanceof String || value instanceof Number || value instanceof Boolean;
  }

  @Override
  public long getCount() {
    return inner.getCount();
  }

  @Override
  public long getDataSize() {
    return inner.getDataSize();
  }

  @Override
  public boolean isUnique() {
    return true;
  }

  @Override
  public void drop() {
    inner.drop();
  }
}
