import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";

/** Of a stream. One that says nothing means that nothing came in time: the next may. */
export interface Piece {
  /** In base64: the packets between nodes are JSON. */
  bytes?: string;
  end?: true;
  failed?: { message: string; code?: string };
}

/** Bytes of a piece at most, far below what NATS lets pass (1 MB). */
const PIECE = 65_536;
/** Milliseconds that a reader waits for a piece before it hears that there is none yet. */
const WAIT = 2_000;
/** Milliseconds after which a reader that asks no more is taken for gone. */
const FORGOTTEN = 300_000;

/** Streams of bytes of this node that others read piece by piece, so that no more is under way than they have asked for. */
export class HandedStreams {
  readonly #open = new Map<string, HandedStream>();
  #emptied: () => void = () => undefined;

  /** Gives the id to ask by; `leave` gets what is left of the stream when its reader has had enough. */
  hand(source: Readable, leave: (source: Readable) => void): string {
    const id = randomUUID();
    // `Readable.from` makes objects of texts and buffers; other objects end the stream with an error that says so.
    const bytes = source.readableObjectMode ? Readable.from(source, { objectMode: false }) : source;
    this.#open.set(id, new HandedStream(bytes, leave, () => this.close(id)));
    return id;
  }

  /** The piece of this number; asked for once more it is the same, since its answer may have been lost. */
  piece(id: string, seq: number): Promise<Piece> {
    return this.#open.get(id)?.piece(seq) ?? Promise.resolve({ failed: { message: "The stream is gone" } });
  }

  close(id: string): void {
    this.#open.get(id)?.end();
    this.#open.delete(id);
    if (!this.#open.size) this.#emptied();
  }

  /** Resolves when nobody reads any more. */
  async idle(): Promise<void> {
    if (this.#open.size) await new Promise<void>((resolve) => (this.#emptied = resolve));
  }
}

class HandedStream {
  readonly #source: Readable;
  readonly #leave: (source: Readable) => void;
  readonly #forget: NodeJS.Timeout;
  #seq = -1;
  #piece: Promise<Piece> = Promise.resolve({});
  #error: (Error & { code?: unknown }) | undefined;
  #wake: () => void = () => undefined;
  readonly #stir = () => this.#wake();

  constructor(source: Readable, leave: (source: Readable) => void, forget: () => void) {
    this.#source = source;
    this.#leave = leave;
    this.#forget = setTimeout(forget, FORGOTTEN).unref();
    source.on("error", (error) => {
      this.#error = error;
      this.#wake();
    });
    for (const event of ["readable", "end", "close"]) source.on(event, this.#stir);
  }

  piece(seq: number): Promise<Piece> {
    this.#forget.refresh();
    if (seq === this.#seq + 1) {
      this.#seq = seq;
      this.#piece = this.#next();
    }
    return seq === this.#seq ? this.#piece : Promise.resolve({ failed: { message: "This piece is gone" } });
  }

  end(): void {
    clearTimeout(this.#forget);
    this.#source.off("readable", this.#stir);
    this.#leave(this.#source);
    this.#wake();
  }

  async #next(): Promise<Piece> {
    let bytes = this.#read();
    if (!bytes && !this.#over()) {
      await this.#stirred();
      bytes = this.#read();
    }
    if (bytes) return { bytes: bytes.toString("base64") };
    if (this.#source.readableEnded) return { end: true };
    return this.#over() ? { failed: this.#failure() } : {};
  }

  /** A stream tells of its end only when somebody has found nothing more in it. */
  #read(): Buffer | null {
    const { readableLength } = this.#source;
    const bytes = this.#source.read(readableLength ? Math.min(readableLength, PIECE) : undefined) as
      | Buffer
      | string
      | null;
    return bytes === null ? null : Buffer.from(bytes as string);
  }

  #over(): boolean {
    return this.#source.readableEnded || this.#source.destroyed;
  }

  #failure(): Piece["failed"] {
    const { message = "The stream broke off", code } = this.#error ?? {};
    return { message, ...(typeof code === "string" ? { code } : {}) };
  }

  async #stirred(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, WAIT);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }
}
