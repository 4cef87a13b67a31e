import { EVERYTHING } from "../../shared/outdated.ts";

/** What lists and categories show has changed. */
export const CATALOGUE = "catalogue";
/** More than this many tags are told as everything. */
const MOST = 500;

/** Collects which reads are outdated and tells it once a turn of the event loop, or at once where somebody waits. */
export class OutdatedReads {
  readonly #tell: (tags: string[]) => void;
  readonly #tags = new Set<string>();
  #scheduled: NodeJS.Immediate | undefined;

  constructor(tell: (tags: string[]) => void) {
    this.#tell = tell;
  }

  /** The product reads differently, and so may every list and the categories. */
  product(id: string): void {
    this.#add(`product:${id}`, CATALOGUE);
  }

  /** Another quantity can be sold; lists that leave out what is sold out change where that is so from now or no more. */
  stock(id: string, { soldOutOrBack }: { soldOutOrBack: boolean }): void {
    this.#add(`product:${id}`);
    if (soldOutOrBack) this.#add("sold-out");
  }

  /** Tells what was collected now. */
  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#tags.size === 0) return;
    const tags = this.#tags.size > MOST ? [EVERYTHING] : [...this.#tags];
    this.#tags.clear();
    this.#tell(tags);
  }

  #add(...tags: string[]): void {
    for (const tag of tags) this.#tags.add(tag);
    this.#scheduled ??= setImmediate(() => this.flush());
  }
}
