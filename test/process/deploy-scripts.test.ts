import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { runInNewContext } from "node:vm";
import { folderOfTest } from "../support/process-shop.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("The script that makes the secrets", () => {
  const script = () => {
    const folder = join(folderOfTest(), "deploy");
    cpSync(join(root, "deploy/secrets.sh"), join(folder, "secrets.sh"));
    const make = (...args: string[]) => execFileSync("bash", [join(folder, "secrets.sh"), ...args], { stdio: "pipe" });
    const secrets = join(folder, "secrets");
    const all = () =>
      Object.fromEntries(readdirSync(secrets).map((name) => [name, readFileSync(join(secrets, name), "utf8")]));
    return { folder, make, secrets, all };
  };

  test("keeps others out of the folder, and lets the containers' users read each file", () => {
    const { make, secrets } = script();
    make();
    expect(statSync(secrets).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(secrets)) expect(statSync(join(secrets, name)).mode & 0o777).toBe(0o444);
  });

  test("lets containers read what is mounted beside them, whatever umask the checkout was made under", () => {
    const { folder, make } = script();
    const files = [join(folder, "redis.conf"), join(folder, "../observability/prometheus.yml")];
    mkdirSync(join(folder, "../observability"));
    for (const file of files) writeFileSync(file, "", { mode: 0o600 });
    make();
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o644, 0o644]);
  });

  test("keeps what is there, and makes what is missing", () => {
    const { make, secrets, all } = script();
    make();
    const before = all();
    expect(new Set(Object.values(before)).size).toBe(Object.keys(before).length);
    rmSync(join(secrets, "admin_password"));
    make();
    const { admin_password, ...rest } = all();
    expect(admin_password).not.toBe(before.admin_password);
    expect({ ...rest, admin_password: before.admin_password }).toEqual(before);
  });

  test("makes one store's secrets anew where asked, all of them, and nothing that could not be read again", () => {
    const { make, all } = script();
    make();
    const before = all();
    make("--new", "redis");
    const after = all();
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual([
      "redis_auth.conf",
      "redis_password",
      "redis_url",
    ]);
    expect(() => make("--new", "key")).toThrow(/can be made anew/);
    expect(all()).toEqual(after);
  });
});

describe("An upgrade that rolls", () => {
  /** What the script asks of docker, where two nodes of each service run. */
  async function asked(...services: string[]): Promise<string[]> {
    const folder = folderOfTest();
    mkdirSync(join(folder, "deploy"));
    cpSync(join(root, "deploy/rolling.sh"), join(folder, "deploy/rolling.sh"));
    const docker = `#!/bin/sh\necho "$*" >> ${folder}/asked\n[ "$2" = config ] && echo "pull_policy: never"\n[ "$2" = ps ] && echo "$4-1" && echo "$4-2"\nexit 0\n`;
    writeFileSync(join(folder, "docker"), docker, { mode: 0o755 });
    await run("bash", [join(folder, "deploy/rolling.sh"), ...services], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    return readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  }

  test("has the new nodes healthy beside the old ones before these are stopped", async () => {
    expect(await asked("orders")).toEqual([
      "compose config",
      "compose build",
      "compose ps --quiet orders",
      "compose up --detach --wait --no-deps --no-recreate --scale orders=4 orders",
      "stop orders-1",
      "rm orders-1",
      "stop orders-2",
      "rm orders-2",
    ]);
  });

  test("exchanges every service, and the gateways last", async () => {
    const exchanged = (await asked())
      .filter((line) => line.startsWith("compose up"))
      .map((line) => line.split(" ").pop());
    const names = /const SERVICES = \[([^\]]+)\]/.exec(read("bin/shop.ts"))?.[1]?.match(/\w+/g) ?? [];
    expect([...exchanged].sort()).toEqual(names.filter((name) => name !== "control").sort());
    expect(exchanged.at(-1)).toBe("api");
  });
});

describe("The health check of MongoDB", () => {
  /** A member as the check sees it through MongoDB's shell. */
  const member = ({ initiated = false, users = {} as Record<string, string>, primary = true } = {}) => {
    const state = { initiated, users, calls: [] as string[] };
    const failed = (codeName: string) => Object.assign(new Error(codeName), { codeName });
    const database = (name: string) => ({
      auth: (user: string, password: string) => {
        if (state.users[user] !== password) throw failed("AuthenticationFailed");
        return { ok: 1 };
      },
      createUser: ({ user, pwd }: { user: string; pwd: string }) => {
        state.calls.push(`${name}.createUser ${user}`);
        state.users[user] = pwd;
      },
      getUser: (user: string) => (state.users[user] ? { user } : null),
    });
    const context = {
      fs: { readFileSync: (path: string) => `secret of ${path.split("/").pop()}\n` },
      db: { getSiblingDB: database, hello: () => ({ isWritablePrimary: state.initiated && primary }) },
      rs: {
        initiate: () => {
          if (state.initiated) throw failed(Object.keys(state.users).length ? "Unauthorized" : "AlreadyInitialized");
          state.calls.push("initiate");
          state.initiated = true;
        },
      },
      sleep: () => undefined,
    };
    return { state, check: () => runInNewContext(read("deploy/mongo-ready.js"), { ...context }) };
  };

  test("makes the replica set and its users once", () => {
    const { state, check } = member();
    check();
    expect(state.calls).toEqual(["initiate", "admin.createUser root", "molecart.createUser molecart"]);
    expect(state.users).toEqual({ root: "secret of mongo_root_password", molecart: "secret of mongo_password" });
    check();
    expect(state.calls).toHaveLength(3);
  });

  test("goes on where a first start was broken off", () => {
    const { state, check } = member({ initiated: true });
    check();
    expect(Object.keys(state.users)).toEqual(["root", "molecart"]);
  });

  test("fails for a member that takes no writes, and for a password that is not the member's", () => {
    const users = { root: "secret of mongo_root_password", molecart: "x" };
    expect(() => member({ initiated: true, users, primary: false }).check()).toThrow("not the primary");
    expect(() => member({ initiated: true, users: { root: "another" } }).check()).toThrow("Unauthorized");
  });
});
