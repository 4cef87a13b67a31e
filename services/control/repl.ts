import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import type { REPLServer, ReplOptions } from "node:repl";
import type { Duplex } from "node:stream";
import type { ServiceBroker } from "moleculer";
import { OPERATOR } from "../access.ts";

const require = createRequire(import.meta.url);
const nodeRepl = require("node:repl") as { start(options: ReplOptions): REPLServer };
/** Moleculer's commands print to the process: what a command prints belongs to whoever typed it. */
const typedAt = new AsyncLocalStorage<Duplex>();
const OWN_MODULES = /[\\/]moleculer-repl[\\/]/;
let redirected = false;

function redirectOutput(): void {
  if (redirected) return;
  redirected = true;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
      const terminal = typedAt.getStore();
      // The other end is a terminal in raw mode, which wants both characters of a new line.
      terminal?.write(typeof chunk === "string" ? chunk.replaceAll(/\r?\n/g, "\r\n") : chunk);
      // The log is the shop's, whoever made it write.
      return terminal && stream === process.stdout ? true : write(chunk, ...rest);
    }) as typeof stream.write;
  }
}

/** The broker as the operator sees it: calls say who makes them, and leaving the prompt does not stop the shop. */
function operatorsBroker(broker: ServiceBroker, terminal: Duplex): ServiceBroker {
  return new Proxy(broker, {
    get(target, name) {
      if (name === "call") {
        return (action: string, params?: object, opts?: object) =>
          target.call(action, params, { ...opts, caller: OPERATOR });
      }
      if (name === "stop") {
        return () => {
          terminal.end();
          // moleculer-repl ends the process after the stop.
          return new Promise(() => undefined);
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Moleculer's prompt on the running shop, for one connection. */
export function openRepl(broker: ServiceBroker, terminal: Duplex & { columns?: number }): void {
  redirectOutput();
  const start = nodeRepl.start;
  // moleculer-repl takes neither streams nor a bound `eval`, which this Node needs: both are handed in here.
  nodeRepl.start = (options) => {
    const server: REPLServer = start({
      ...options,
      input: terminal,
      output: terminal,
      terminal: true,
      eval: (...args) => typedAt.run(terminal, () => options.eval?.apply(server, args)),
    });
    // Its history would be a file in the home of whoever runs the shop.
    server.setupHistory = (() => undefined) as REPLServer["setupHistory"];
    return server;
  };
  try {
    // A copy of the module takes its commands once, so each prompt has a copy of its own.
    for (const path of Object.keys(require.cache)) if (OWN_MODULES.test(path)) delete require.cache[path];
    const repl = require("moleculer-repl") as (broker: ServiceBroker, options: object) => REPLServer;
    repl(operatorsBroker(broker, terminal), { delimiter: "molecart $" });
  } finally {
    nodeRepl.start = start;
  }
}
