import type { Log } from "../log.ts";
import { ServerRefusedError } from "../servers.ts";
import type { NatsLine } from "./nats-line.ts";

/** The first that can write an event to the disk before it answers (`sync_interval: always`). */
const KEEPING = "2.10";

/** Says what the server at the other end cannot keep; a `ServerRefusedError` where that is what it was asked for. */
export function checkKeeping(line: NatsLine, replicas: number, log: Pick<Log, "warn"> | undefined): NatsLine {
  const { version = KEEPING, cluster } = line.connection.info ?? {};
  if (replicas > 1 && !cluster) {
    throw new ServerRefusedError(
      `NATS_REPLICAS: NATS at ${line.where} is one server, which cannot keep ${replicas} copies`,
    );
  }
  if (version.localeCompare(KEEPING, "en", { numeric: true }) < 0) {
    log?.warn(
      `NATS at ${line.where} is of version ${version}: before ${KEEPING} it answers before an event is on the disk, and loses it with the power`,
    );
  }
  return line;
}
