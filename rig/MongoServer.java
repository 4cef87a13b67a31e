import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import org.h2.mvstore.MVStore;

/**
 * MongoDB's test double on PORT, its data in FILE. What it has answered is in the file then, so that it outlives a kill;
 * with "later" as third argument it gets there within a second.
 */
public class MongoServer {
  static class Stored extends H2Backend {
    private final boolean later;

    Stored(MVStore store, boolean later) {
      super(store);
      this.later = later;
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
      return new IndexedDatabase(name, getMvStore(), getCursorRegistry());
    }

    @Override
    public Document handleMessage(MongoMessage message) {
      var answer = super.handleMessage(message);
      var version = getMvStore().getCurrentVersion();
      if (!later && getMvStore().hasUnsavedChanges()) store(version);
      return answer;
    }

    /** Whoever waited while others were stored may be among them. */
    private synchronized void store(long version) {
      if (getMvStore().getCurrentVersion() == version) commit();
    }
  }

  public static void main(String[] args) throws Exception {
    var store = new MVStore.Builder().fileName(args[1]).open();
    // Without it every commit keeps the pages of the last 45 seconds.
    store.setRetentionTime(2_000);
    var server = new de.bwaldvogel.mongo.MongoServer(new Stored(store, args.length > 2));
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    Thread.currentThread().join();
  }
}
