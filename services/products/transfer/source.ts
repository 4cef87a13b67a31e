import { Readable } from "node:stream";

const BRACE = 0x7b;
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

export interface Source {
  /** Whether the first thing in it is an object: JSON Lines. Nothing at all is taken for that, too. */
  json: boolean;
  bytes: AsyncIterable<Uint8Array>;
}

/** Looks at the start of what is sent, and gives it back whole. */
export async function sourceOf(input: AsyncIterable<Uint8Array | string>): Promise<Source> {
  // Who refuses what is sent may still have to answer on the connection that it comes by.
  const chunks = input instanceof Readable ? input.iterator({ destroyOnReturn: false }) : input[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let failure: { error: unknown } | null = null;
  let first: number | undefined;
  try {
    while (first === undefined) {
      const { value, done } = (await chunks.next()) as IteratorResult<Uint8Array | string>;
      if (done) break;
      const bytes = typeof value === "string" ? Buffer.from(value) : value;
      seen.push(bytes);
      first = bytes.find((byte) => !BLANK.has(byte));
    }
  } catch (error) {
    failure = { error };
  }
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield* seen;
    if (failure) throw failure.error;
    for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) {
      yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    }
  }
  return { json: first === undefined || first === BRACE, bytes: bytes() };
}
