/** Something that happened and must be told: stored in the write that made it happen, told at least once. */
export interface DurableEvent {
  /** The same for a repeat of the same event. */
  id: string;
  name: string;
  payload: unknown;
}

export type Consume = (event: DurableEvent) => void | Promise<void>;

/** An event that a group could not handle, with what the last attempt said. */
export interface DeadLetter {
  id: string;
  group: string;
  event: DurableEvent;
  attempts: number;
  error: string;
  at: string;
}

/**
 * Durable events: each group of consumers (a service) gets each event at least once, in no promised order. A handler
 * that throws is tried again with growing pauses; after the last attempt the event becomes a dead letter, and only
 * then leaves the queue. A group that joins later gets what came before, as far as events are kept.
 */
export interface EventBus {
  subscribe(group: string, handlers: Map<string, Consume>): void;
  /** Begins to deliver; called when all services of the node have started. */
  start(): Promise<void>;
  /** Ends when the handlers that run have finished; what is left stays for the next start. */
  stop(): Promise<void>;
  /** Stores events that came out of an outbox; an id that is known already is ignored. */
  publish(events: DurableEvent[]): Promise<void>;
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Delivers a dead letter again, or drops it. */
  redrive(id: string): Promise<boolean>;
  discard(id: string): Promise<boolean>;
  /** How many deliveries wait, and how long the oldest has been due, in milliseconds. */
  backlog(): Promise<{ waiting: number; oldest: number; dead: number }>;
}
