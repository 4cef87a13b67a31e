const NEWLINE = 0x0a;
/** A product that is read crosses between nodes in one message, and NATS takes 1 MB with all that goes along. */
export const LONGEST_LINE = 900_000;
export const BREAKS_OFF = "The input breaks off in this line";

/** A line of the input. The last one is `open` where no newline ended it; a line that is too long has no text. */
export interface Line {
  number: number;
  text: string | null;
  problem?: string;
  open?: boolean;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The lines of a stream of bytes, in constant memory; where the input breaks off, `broke` is told after its last line. */
export async function* readLines(
  input: AsyncIterable<Uint8Array | string>,
  broke: (error: unknown) => void,
): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;

  const add = (part: Buffer): void => {
    length += part.length;
    if (length <= LONGEST_LINE) parts.push(part);
    else parts = [];
  };
  const line = (): Line => {
    const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const tooLong = length > LONGEST_LINE;
    parts = [];
    length = 0;
    number++;
    return tooLong ? { number, text: null, problem: "The line is longer than 900,000 bytes" } : decode(number, bytes);
  };

  try {
    for await (const chunk of input) {
      const bytes =
        typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      let from = 0;
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
        add(bytes.subarray(from, at));
        from = at + 1;
        yield line();
      }
      if (from < bytes.length) add(bytes.subarray(from));
    }
  } catch (error) {
    broke(error);
  }
  if (length > 0) yield { ...line(), open: true };
}

function decode(number: number, bytes: Buffer): Line {
  try {
    // The decoder drops a byte order mark.
    return { number, text: utf8.decode(bytes) };
  } catch {
    return { number, text: null, problem: "The line is not UTF-8" };
  }
}
