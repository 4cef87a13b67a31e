import { Readable } from "node:stream";
import type { Piece } from "./handed-streams.ts";

/** How a stream on another node is read: each piece by its number, and at last that no more is wanted. */
export interface Source {
  piece(seq: number): Promise<Piece>;
  close(): void;
}

/** A stream that another node has, and of which no more comes than is read here. */
export class PulledStream extends Readable {
  readonly #source: Source;
  #seq = 0;

  constructor(source: Source) {
    // The next piece is asked for when the one before has been read: an error that comes with it would drop that one.
    super({ highWaterMark: 0 });
    this.#source = source;
  }

  override _read(): void {
    this.#fill().catch((error) => this.destroy(error));
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#source.close();
    done(error);
  }

  async #fill(): Promise<void> {
    while (!this.destroyed) {
      const { bytes, end, failed } = await this.#source.piece(this.#seq++);
      if (failed) throw Object.assign(new Error(failed.message), { code: failed.code });
      if (end) this.push(null);
      else if (bytes) this.push(Buffer.from(bytes, "base64"));
      else continue;
      return;
    }
  }
}
