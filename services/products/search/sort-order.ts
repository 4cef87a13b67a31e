/** Rows in one direction of one value, ties by id in the same direction. */
export interface Order {
  values: ArrayLike<number | string>;
  ids: readonly string[];
  direction: 1 | -1;
}
/** The value and id where a page ended. */
export interface Place {
  value: number | string;
  id: string;
}

const comparePlaces = (a: number | string, aId: string, b: number | string, bId: string): number => {
  if (a !== b) return a < b ? -1 : 1;
  return aId < bId ? -1 : aId > bId ? 1 : 0;
};

const placeOf = ({ values, ids }: Order, row: number): Place => ({
  value: values[row] as number | string,
  id: ids[row] as string,
});

/** Whether the row comes later than the place. */
const isAfter = (order: Order, row: number, { value, id }: Place): boolean =>
  order.direction * comparePlaces(order.values[row] as number | string, order.ids[row] as string, value, id) > 0;

/** The first `limit` of the rows in this order, those after the place only; without sorting the rest. */
export function first(rows: readonly number[], order: Order, limit: number, after: Place | null): number[] {
  const chosen: number[] = [];
  let last: Place | null = null;
  // From the end, where the newest are: what comes later then seldom displaces anything.
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i] as number;
    if (after && !isAfter(order, row, after)) continue;
    if (chosen.length === limit) {
      if (last && isAfter(order, row, last)) continue;
      chosen.pop();
    }
    chosen.splice(insertionPoint(chosen, order, placeOf(order, row)), 0, row);
    last = placeOf(order, chosen[chosen.length - 1] as number);
  }
  return chosen;
}

/** How many of the sorted rows come before the place or are at it. */
function insertionPoint(sorted: readonly number[], order: Order, place: Place): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(order, sorted[middle] as number, place)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Every row in the order of one value, ascending; brought up to date when it is read, not at each change. */
export class Presorted {
  readonly #order: Order;
  #rows: number[] = [];

  constructor(values: ArrayLike<number | string>, ids: readonly string[]) {
    this.#order = { values, ids, direction: 1 };
  }

  /** The next rows for which `fits` holds, up or down from the place. */
  walk(direction: 1 | -1, after: Place | null, limit: number, fits: (row: number) => boolean): number[] {
    const rows = this.#upToDate();
    const found: number[] = [];
    let at = direction === 1 ? 0 : rows.length - 1;
    if (after) {
      const behind = insertionPoint(rows, this.#order, after);
      at = direction === 1 ? behind : behind - 1;
    }
    for (; at >= 0 && at < rows.length && found.length < limit; at += direction) {
      const row = rows[at] as number;
      // Downwards the first row may be the place itself.
      if (after && direction === -1 && !isAfter({ ...this.#order, direction }, row, after)) continue;
      if (fits(row)) found.push(row);
    }
    return found;
  }

  compact(renumbered: Int32Array): void {
    this.#rows = this.#rows.map((row) => renumbered[row] as number).filter((row) => row >= 0);
  }

  #upToDate(): readonly number[] {
    const [rows, order] = [this.#rows, this.#order];
    const missing = order.ids.length - rows.length;
    if (missing > 64) {
      const { values, ids } = order;
      const compare = (a: number, b: number) =>
        comparePlaces(values[a] as number | string, ids[a] as string, values[b] as number | string, ids[b] as string);
      this.#rows = Array.from(ids.keys()).sort(compare);
    } else {
      for (let row = rows.length; row < order.ids.length; row++) {
        rows.splice(insertionPoint(rows, order, placeOf(order, row)), 0, row);
      }
    }
    return this.#rows;
  }
}
