export type Amount = { amount: number } | { problem: string };

const GROUPED = [/^\d{1,3}(?:,\d{3})+\.(\d+)$/, /^\d{1,3}(?:\.\d{3})+,(\d+)$/];
const GROUPED_WHOLE = [/^\d{1,3}(?:,\d{3}){2,}$/, /^\d{1,3}(?:\.\d{3}){2,}$/];

/**
 * A price as it is written, in minor units of a currency with so many decimals. A lone point or comma before three
 * digits could be either mark and is refused; `point` says that this format writes decimals with a point.
 */
export function minorUnits(written: string, decimals: number, point = false): Amount {
  const text = written.replace(/[\s'’]/g, "");
  if (text === "") return { problem: "The price is missing" };
  if (/^-/.test(text)) return { problem: `The price ${written} is below zero` };
  const parts = partsOf(text, point);
  if (parts === null) return { problem: `${written} is not a price` };
  if (parts === "ambiguous")
    return { problem: `The price ${written} is ambiguous: does it have decimals or thousands?` };
  const [whole, fraction] = parts;
  const cents = fraction.replace(/0+$/, "");
  if (cents.length > decimals) return { problem: `The price ${written} has more than ${decimals} decimals` };
  const amount = Number(whole + cents.padEnd(decimals, "0"));
  return Number.isSafeInteger(amount) ? { amount } : { problem: `The price ${written} is too much` };
}

function partsOf(text: string, point: boolean): [whole: string, fraction: string] | "ambiguous" | null {
  if (/^\d+$/.test(text)) return [text, ""];
  const [, whole, mark, fraction] = /^(\d*)([.,])(\d+)$/.exec(text) ?? [];
  if (whole !== undefined && mark && fraction) {
    const perhapsThousands = /^[1-9]\d{0,2}$/.test(whole) && fraction.length === 3;
    return perhapsThousands && !(point && mark === ".") ? "ambiguous" : [whole, fraction];
  }
  for (const pattern of GROUPED) {
    const decimals = pattern.exec(text)?.[1];
    if (decimals) return [text.slice(0, -decimals.length - 1).replace(/[.,]/g, ""), decimals];
  }
  return GROUPED_WHOLE.some((pattern) => pattern.test(text)) ? [text.replace(/[.,]/g, ""), ""] : null;
}

export type Pieces = { onHand: number | undefined; below: boolean } | { problem: string };

/** How many are in stock: nothing said is undefined, less than none is none. */
export function pieces(written: string): Pieces {
  const text = written.trim();
  if (text === "") return { onHand: undefined, below: false };
  if (!/^-?\d+([.,]0+)?$/.test(text)) return { problem: `The stock ${written} is not a whole number` };
  const number = Number.parseInt(text, 10);
  return { onHand: Math.max(0, number), below: number < 0 };
}
