// The health check of MongoDB, by mongosh: good when this member takes writes. On an empty volume it first makes the
// replica set and its users, as long as MongoDB lets whoever comes from localhost do so.
const secret = (name) => fs.readFileSync(`/run/secrets/${name}`, "utf8").trim();
const admin = db.getSiblingDB("admin");
const shop = db.getSiblingDB("molecart");

function signedIn() {
  try {
    return admin.auth("root", secret("mongo_root_password")).ok === 1;
  } catch {
    return false;
  }
}

function initiated() {
  try {
    rs.initiate({ _id: "shop", members: [{ _id: 0, host: "mongo:27017" }] });
  } catch (error) {
    if (error.codeName !== "AlreadyInitialized") throw error;
  }
  for (let tries = 0; tries < 40 && !db.hello().isWritablePrimary; tries++) sleep(100);
}

if (!signedIn()) {
  initiated();
  admin.createUser({ user: "root", pwd: secret("mongo_root_password"), roles: ["root"] });
  if (!signedIn()) throw new Error("The root user could not sign in");
}
if (!db.hello().isWritablePrimary) throw new Error("This member is not the primary");
if (!shop.getUser("molecart")) {
  shop.createUser({ user: "molecart", pwd: secret("mongo_password"), roles: [{ role: "readWrite", db: "molecart" }] });
}
