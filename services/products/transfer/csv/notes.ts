/** What is told once of a whole file, with how often it happened. */
export class Notes {
  readonly #sentences: string[] = [];
  readonly #counts = new Map<string, number>();

  /** A sentence of its own. */
  say(sentence: string): void {
    this.#sentences.push(sentence);
  }

  /** One more of these: `prices hold for a time only and were left out`. */
  add(these: string): void {
    this.#counts.set(these, (this.#counts.get(these) ?? 0) + 1);
  }

  get all(): string[] {
    return [...this.#sentences, ...[...this.#counts].map(([these, count]) => `${count} × ${these}`)];
  }
}
