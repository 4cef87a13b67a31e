import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "nats";
import type { JetStreamNames } from "./jetstream-names.ts";

const DAY = 24 * 3600_000;
const REPEATS_KNOWN_FOR = 120_000;
/** What is in hands or rests until its next attempt: so high that events which fail hold no others up. */
const MOST_UNANSWERED = 20_000;

type Limited = Partial<StreamConfig> & { name: string; max_bytes: number };

export interface StreamLimits {
  /** Bytes that each stream may take. */
  maxBytes: number;
  /** Milliseconds that events are kept, also for groups that join later. */
  maxAge: number;
  replicas: number;
  /** Milliseconds without a sign of life after which a delivery goes to another node. */
  ackWait: number;
}

/** Makes the streams of all services and the one of dead letters, or brings them up to what holds now. */
export async function declareStreams(manager: JetStreamManager, names: JetStreamNames, limits: StreamLimits) {
  const common = {
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    // A full stream refuses, and the outbox keeps the event; the default drops the oldest in silence.
    discard: DiscardPolicy.New,
    max_bytes: limits.maxBytes,
    num_replicas: limits.replicas,
    duplicate_window: nanos(REPEATS_KNOWN_FOR),
  };
  await Promise.all([
    ...names.services.map((service) =>
      declareStream(manager, {
        ...common,
        name: names.stream(service),
        subjects: [names.subjects(service)],
        max_age: nanos(limits.maxAge),
      }),
    ),
    declareStream(manager, {
      ...common,
      name: names.deadStream,
      subjects: [names.deadSubjects],
      max_msgs_per_subject: 1,
    }),
  ]);
}

/** Makes a group's consumer of an event, which begins with what came before, or brings it up to what holds now. */
export async function declareConsumer(
  manager: JetStreamManager,
  names: JetStreamNames,
  { ackWait }: StreamLimits,
  { group, event }: { group: string; event: string },
): Promise<void> {
  const config: Partial<ConsumerConfig> & { durable_name: string } = {
    durable_name: names.consumer(group, event),
    filter_subject: names.subject(event),
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWait),
    // The dead letter is stored before the acknowledgement, so attempts are counted here and not by the server.
    max_deliver: -1,
    max_ack_pending: MOST_UNANSWERED,
    // A group that nobody has run for so long is forgotten, and holds no events back.
    inactive_threshold: nanos(7 * DAY),
  };
  const stream = names.streamOf(event);
  await manager.consumers
    .add(stream, config)
    .catch(() => manager.consumers.update(stream, config.durable_name, config));
}

async function declareStream(manager: JetStreamManager, wanted: Limited) {
  try {
    await manager.streams.add(wanted);
  } catch {
    const { state, config } = await manager.streams.info(wanted.name);
    // To fit into a smaller one, nats-server 2.9 drops the oldest, whatever the stream does when it is full.
    const fits = state.bytes <= wanted.max_bytes / 2;
    const max_bytes = fits ? wanted.max_bytes : Math.max(wanted.max_bytes, config.max_bytes);
    await manager.streams.update(wanted.name, { ...wanted, max_bytes });
  }
}

export async function consumersOf(manager: JetStreamManager, stream: string): Promise<ConsumerInfo[]> {
  const found: ConsumerInfo[] = [];
  for await (const consumer of manager.consumers.list(stream)) found.push(consumer);
  return found;
}

/** How many deliveries of the streams wait for their groups, and since when the oldest event is there. */
export async function waitingIn(manager: JetStreamManager, names: JetStreamNames) {
  const streams = await Promise.all(
    names.services.map(async (service) => {
      const stream = names.stream(service);
      const behind = (await consumersOf(manager, stream)).filter((consumer) => waitingFor(consumer) > 0);
      const since = await Promise.all(behind.map((consumer) => oldestFor(manager, stream, consumer)));
      return { waiting: behind.reduce((sum, consumer) => sum + waitingFor(consumer), 0), since: Math.min(...since) };
    }),
  );
  return {
    waiting: streams.reduce((sum, { waiting }) => sum + waiting, 0),
    since: Math.min(...streams.map(({ since }) => since)),
  };
}

/** Drops what every group has had from streams that are more than half full: new events need the room. */
export async function makeRoom(manager: JetStreamManager, names: JetStreamNames): Promise<void> {
  for (const service of names.services) {
    const name = names.stream(service);
    const { state, config } = await manager.streams.info(name);
    if (config.max_bytes <= 0 || state.bytes < config.max_bytes / 2) continue;
    // Asked after the stream: what came meanwhile lies behind its last event.
    const consumers = await consumersOf(manager, name);
    const had = consumers.map((one) => (waitingFor(one) > 0 ? one.ack_floor.stream_seq : state.last_seq));
    const upTo = Math.min(state.last_seq, ...had);
    if (upTo >= state.first_seq) await manager.streams.purge(name, { seq: upTo + 1 });
  }
}

const waitingFor = ({ num_pending, num_ack_pending }: ConsumerInfo): number => num_pending + num_ack_pending;

async function oldestFor(manager: JetStreamManager, stream: string, consumer: ConsumerInfo): Promise<number> {
  const from = { seq: consumer.ack_floor.stream_seq + 1, next_by_subj: consumer.config.filter_subject ?? ">" };
  // It may have been handled or dropped since.
  const oldest = await manager.streams.getMessage(stream, from).catch(() => undefined);
  return oldest?.time.getTime() ?? Number.POSITIVE_INFINITY;
}
