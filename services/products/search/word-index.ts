// Only MiniSearch's radix tree is used, for prefixes and typing errors: its own postings are maps of maps, which took
// several milliseconds for words that thousands of products share.
import SearchableMap from "minisearch/SearchableMap";
import { isFiller, wordsAsked, wordsOf } from "./words.ts";

/** The texts of a product that words are looked for in. */
export interface Texts {
  name: string;
  brand: string;
  categories: readonly string[];
  skus: readonly string[];
  attributes: readonly string[];
  description: string;
}

/** The living rows that fit, and how well each does; valid until the next match. */
export interface Match {
  rows: number[];
  scores: ArrayLike<number>;
}

/** How much a word counts by where it stands; a row's sum is kept in a byte. */
const WEIGHT = { name: 120, sku: 100, brand: 60, category: 40, attribute: 16, description: 12 };
const MOST = 255;
const PER_ROW = MOST + 1;

/** A word with its places: `row × 256 + weight`, rows ascending. */
interface Term {
  word: string;
  places: number[];
}
interface Reading {
  term: Term;
  likeness: number;
}

/** A long word in a long text would keep that whole text in memory as the string it was cut from. */
const ownCopy = (word: string): string => (word.length < 13 ? word : Buffer.from(word).toString());

/** A name of few words is about each of them; one of twenty mentions them. */
const brevity = (words: number): number => (words <= 4 ? 1 : Math.max(0.4, 1 / (1 + (words - 4) * 0.05)));

const errorsAllowed = (word: string): number => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

/** Which rows contain which words; rows are numbers that only grow until `compact` renumbers them. */
export class WordIndex {
  readonly #terms = new Map<string, Term>();
  readonly #tree = new SearchableMap<Term>();
  #rows = 0;
  #scores = new Float64Array(1024);
  #best = new Float64Array(1024);
  #matched = new Uint8Array(1024);
  #seen = new Uint8Array(1024);

  /** Adds a row, which must be higher than all before. */
  add(row: number, texts: Texts): void {
    this.#rows = row + 1;
    const name = wordsOf(texts.name);
    const weight = Math.round(WEIGHT.name * brevity(name.length));
    for (const word of new Set(name)) this.#place(word, row, weight);
    for (const word of wordsOf(texts.brand)) this.#place(word, row, WEIGHT.brand);
    for (const word of new Set(texts.categories.flatMap(wordsOf))) {
      if (!isFiller(word)) this.#place(word, row, WEIGHT.category);
    }
    for (const sku of texts.skus) for (const word of wordsOf(sku)) this.#place(word, row, WEIGHT.sku);
    for (const value of texts.attributes) {
      for (const word of wordsOf(value.slice(0, 300))) {
        if (word.length > 1 && !isFiller(word)) this.#place(word, row, WEIGHT.attribute);
      }
    }
    for (const word of wordsOf(texts.description)) {
      if (!isFiller(word)) this.#place(word, row, WEIGHT.description);
    }
  }

  #place(word: string, row: number, weight: number): void {
    const known = this.#terms.get(word);
    if (!known) {
      const term: Term = { word: ownCopy(word), places: [row * PER_ROW + weight] };
      this.#terms.set(term.word, term);
      this.#tree.set(term.word, term);
      return;
    }
    const places = known.places;
    const last = places[places.length - 1] as number;
    const sum = last - row * PER_ROW + weight;
    // Below the weight alone the last place is of an earlier row.
    if (sum >= weight) places[places.length - 1] = row * PER_ROW + Math.min(MOST, sum);
    else places.push(row * PER_ROW + weight);
  }

  /** Gives every row the number that `renumbered` has for it and drops those with -1; the order must stay. */
  compact(renumbered: Int32Array, rows: number): void {
    for (const term of this.#terms.values()) {
      const places = term.places;
      let kept = 0;
      for (const place of places) {
        const row = renumbered[Math.floor(place / PER_ROW)] as number;
        if (row >= 0) places[kept++] = row * PER_ROW + (place % PER_ROW);
      }
      places.length = kept;
      if (kept) continue;
      this.#terms.delete(term.word);
      this.#tree.delete(term.word);
    }
    this.#rows = rows;
  }

  /**
   * The living rows that contain all words, the last one perhaps unfinished; words that are not known, or known so rarely that
   * they look like somebody's slip, with typing errors; where nothing fits, the rows that contain some of the words.
   */
  match(text: string, alive: readonly boolean[]): Match {
    const words = wordsAsked(text);
    const readings = words.map((word, i) => this.#exact(word, i === words.length - 1));
    const corrected = new Set<number>();
    const correct = (i: number) => {
      corrected.add(i);
      readings[i]?.push(...this.#misspelt(words[i] as string));
    };
    readings.forEach((found, i) => {
      if (!found.length) correct(i);
    });
    let rows = this.#gather(readings, true, alive);
    if (rows.length < 3) {
      const before = corrected.size;
      readings.forEach((found, i) => {
        const rare = rows.length === 0 || found.reduce((sum, { term }) => sum + term.places.length, 0) < 4;
        if (rare && !corrected.has(i) && !/\d/.test(words[i] as string)) correct(i);
      });
      if (corrected.size > before) rows = this.#gather(readings, true, alive);
    }
    if (!rows.length && words.length > 1) rows = this.#gather(readings, false, alive);
    return { rows, scores: this.#scores };
  }

  #exact(word: string, unfinished: boolean): Reading[] {
    const found: Reading[] = [];
    const term = this.#terms.get(word);
    if (term) found.push({ term, likeness: 1 });
    // Two letters begin hundreds of words: where they are a word themselves (HP, TV), that one is meant.
    if (unfinished && word.length > (term ? 2 : 1)) {
      for (const longer of this.#tree.atPrefix(word).values()) {
        if (longer !== term) found.push({ term: longer, likeness: 0.6 * (word.length / longer.word.length) });
        if (found.length === 200) break;
      }
    }
    return found;
  }

  #misspelt(word: string): Reading[] {
    const allowed = /\d/.test(word) ? Math.min(1, errorsAllowed(word)) : errorsAllowed(word);
    for (let errors = 1; errors <= allowed; errors++) {
      const found = this.#swapped(word);
      for (const [term, distance] of this.#tree.fuzzyGet(word, errors).values()) {
        if (distance > 0) found.push({ term, likeness: 0.5 / distance });
      }
      if (found.length) return found.sort((a, b) => b.term.places.length - a.term.places.length).slice(0, 20);
    }
    return [];
  }

  /** Two letters in the wrong order are one slip, but two errors to the tree. */
  #swapped(word: string): Reading[] {
    const found: Reading[] = [];
    for (let i = 0; i + 1 < word.length; i++) {
      const term = this.#terms.get(word.slice(0, i) + word.charAt(i + 1) + word.charAt(i) + word.slice(i + 2));
      if (term && term.word !== word) found.push({ term, likeness: 0.5 });
    }
    return found;
  }

  /** Sums scores word by word; with `all` only rows that had every word so far stay. */
  #gather(readings: readonly Reading[][], all: boolean, alive: readonly boolean[]): number[] {
    this.#makeRoom();
    const [scores, best, matched, seen] = [this.#scores, this.#best, this.#matched, this.#seen];
    const touched: number[] = [];
    // The rarest word first: what it does not contain is skipped in the long lists.
    const ordered = readings
      .map((found) => ({ found, places: found.reduce((sum, { term }) => sum + term.places.length, 0) }))
      .sort((a, b) => a.places - b.places);
    ordered.forEach(({ found, places }, i) => {
      // In whole steps, so that scores (and with them cursors) outlast small changes of the catalogue.
      const rarity = Math.max(1, Math.round(2 * Math.log2(1 + this.#rows / Math.max(1, places))));
      for (const { term, likeness } of found) {
        for (const place of term.places) {
          const row = Math.floor(place / PER_ROW);
          const score = Math.round((place % PER_ROW) * likeness * rarity);
          if (seen[row] === i + 1) {
            const more = score - (best[row] as number);
            if (more > 0) {
              best[row] = score;
              scores[row] = (scores[row] as number) + more;
            }
            continue;
          }
          if (all && matched[row] !== i) continue;
          if (matched[row] === 0) {
            touched.push(row);
            scores[row] = 0;
          }
          seen[row] = i + 1;
          best[row] = score;
          matched[row] = (matched[row] as number) + 1;
          scores[row] = (scores[row] as number) + score;
        }
      }
    });
    const wanted = all ? readings.length : 1;
    const rows: number[] = [];
    for (const row of touched) {
      const words = matched[row] as number;
      if (words >= wanted && alive[row]) rows.push(row);
      if (!all) scores[row] = Math.round(((scores[row] as number) * words) / readings.length);
      matched[row] = 0;
      seen[row] = 0;
    }
    return rows;
  }

  #makeRoom(): void {
    if (this.#scores.length >= this.#rows) return;
    const room = Math.ceil(this.#rows * 1.5);
    this.#scores = new Float64Array(room);
    this.#best = new Float64Array(room);
    this.#matched = new Uint8Array(room);
    this.#seen = new Uint8Array(room);
  }
}
