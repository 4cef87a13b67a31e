import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import org.h2.mvstore.MVStore;

/** MongoDB's test double on PORT, its data in FILE. What it has answered is in the file, so that it outlives a kill. */
public class MongoServer {
  static class Stored extends H2Backend {
    Stored(MVStore store) {
      super(store);
    }

    @Override
    public Document handleMessage(MongoMessage message) {
      var answer = super.handleMessage(message);
      if (getMvStore().hasUnsavedChanges()) commit();
      return answer;
    }
  }

  public static void main(String[] args) throws Exception {
    var store = new MVStore.Builder().fileName(args[1]).open();
    // Without it every commit keeps the pages of the last 45 seconds.
    store.setRetentionTime(2_000);
    var server = new de.bwaldvogel.mongo.MongoServer(new Stored(store));
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    Thread.currentThread().join();
  }
}
