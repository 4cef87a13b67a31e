import { isAscii, isUtf8 } from "node:buffer";

/** What was learnt of a text while it was read. */
export interface Reading {
  encoding: string;
  /** Some bytes were none of the encoding's, and stand as U+FFFD. */
  replaced: boolean;
  /** The input ended with an error. */
  broke: boolean;
  /** The last line has no newline. */
  open: boolean;
}
export const newReading = (): Reading => ({ encoding: "UTF-8", replaced: false, broke: false, open: false });

/**
 * The bytes as text with `\n` at the end of lines: UTF-16 by its byte order mark, else UTF-8, else Windows-1252. What is
 * ASCII so far reads the same in both, so the first other bytes decide, however late they come.
 */
export async function* textOf(input: AsyncIterable<Uint8Array>, reading: Reading): AsyncGenerator<string> {
  const decoder = new Decoder(reading);
  let held = "";
  const lines = (text: string): string => {
    const whole = held + text;
    held = whole.endsWith("\r") ? "\r" : "";
    const ready = (held ? whole.slice(0, -1) : whole).replace(/\r\n?/g, "\n");
    if (ready) reading.open = !ready.endsWith("\n");
    return ready;
  };
  try {
    for await (const chunk of input) yield lines(decoder.push(chunk));
  } catch {
    reading.broke = true;
  }
  yield lines(decoder.end());
  if (held) yield lines("\n");
}

class Decoder {
  readonly #reading: Reading;
  #other: TextDecoder | null = null;
  #started = false;
  #sure = false;
  #carry: Uint8Array = new Uint8Array();

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  push(chunk: Uint8Array): string {
    if (this.#started) return this.#decode(chunk);
    const start = this.#carry.length ? Buffer.concat([this.#carry, chunk]) : chunk;
    this.#carry = start;
    if (start.length < 3) return "";
    this.#started = true;
    this.#carry = new Uint8Array();
    const utf16 = byteOrder(start);
    if (utf16) this.#use(utf16, "UTF-16");
    const marked = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
    this.#sure = marked;
    return this.#decode(marked ? start.subarray(3) : start);
  }

  #decode(chunk: Uint8Array): string {
    return this.#other ? this.#other.decode(chunk, { stream: true }) : this.#utf8(chunk);
  }

  end(): string {
    if (this.#other) return this.#other.decode();
    const rest = this.#carry;
    if (rest.length === 0) return "";
    if (!this.#sure) return this.#use("windows-1252", "Windows-1252").decode(rest);
    this.#reading.replaced = true;
    return "\ufffd";
  }

  #utf8(chunk: Uint8Array): string {
    const all = this.#carry.length ? Buffer.concat([this.#carry, chunk]) : chunk;
    const cut = all.length - unfinished(all);
    const part = all.subarray(0, cut);
    const text = Buffer.from(part.buffer, part.byteOffset, part.length).toString("utf8");
    this.#carry = all.subarray(cut);
    if (isAscii(part)) return text;
    if (!isUtf8(part)) {
      // In a text of the other encoding nearly nothing makes sense as UTF-8; one bad byte in UTF-8 is one bad byte.
      if (!this.#sure && count(text, /\ufffd/g) > count(text, /[^\0-\x7f\ufffd]/g)) {
        return this.#use("windows-1252", "Windows-1252").decode(all, { stream: true });
      }
      this.#reading.replaced = true;
    }
    this.#sure = true;
    return text;
  }

  #use(label: string, name: string): TextDecoder {
    this.#reading.encoding = name;
    this.#other = new TextDecoder(label);
    return this.#other;
  }
}

function byteOrder([first, second]: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : null;
}

/** How many bytes at the end belong to a character that goes on in the next chunk. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
