import { isPassing } from "./backoff.ts";
import type { DurableEvent } from "./event-bus.ts";

/**
 * Publishes them together, and in ever smaller parts where that is refused: an event that the bus never takes must not
 * hold up the others. Gives those that it refuses, by id, with what it said; throws where the bus is away.
 */
export async function publishEach(
  publish: (events: DurableEvent[]) => Promise<void>,
  events: readonly DurableEvent[],
): Promise<Map<string, unknown>> {
  if (!events.length) return new Map();
  try {
    await publish([...events]);
    return new Map();
  } catch (error) {
    if (isPassing(error)) throw error;
    if (events.length === 1) return new Map(events.map(({ id }) => [id, error]));
  }
  const half = Math.ceil(events.length / 2);
  const first = await publishEach(publish, events.slice(0, half));
  return new Map([...first, ...(await publishEach(publish, events.slice(half)))]);
}
