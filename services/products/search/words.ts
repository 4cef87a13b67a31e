const SEPARATORS = /[^\p{L}\p{N}]+/u;
const POSSESSIVE = /['’]s?(?![\p{L}\p{N}])|['’]/gu;
const COMBINING = /\p{M}+/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
const ASCII = /^[\u0000-\u007f]*$/;

/** Words that say nothing of a product; they count in names only. */
const FILLERS = new Set(
  "a an and are as at be by can for from has have in into is it its of on or our so than that the their this to up will with you your".split(
    " ",
  ),
);

/** The text as it is compared: lower case, without accents, `ß` as `ss`. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  return ASCII.test(lower) ? lower : lower.normalize("NFKD").replace(COMBINING, "").replaceAll("ß", "ss");
}

/** The word without its plural ending, so that jackets and a jacket meet. */
export function singular(word: string): string {
  if (word.length < 4 || !word.endsWith("s")) return word;
  if (word.endsWith("ies")) return word.length > 4 ? `${word.slice(0, -3)}y` : word;
  if (/(?:ss|us|is|\ds)$/.test(word)) return word;
  return word.slice(0, /(?:x|ch|sh|ss)es$/.test(word) ? -2 : -1);
}

/** The words of a text in its order, folded and in the singular. */
export function wordsOf(text: string): string[] {
  const folded = fold(text);
  const plain = folded.includes("'") || folded.includes("’") ? folded.replace(POSSESSIVE, "") : folded;
  const words: string[] = [];
  for (const word of plain.split(SEPARATORS)) if (word) words.push(singular(word));
  return words;
}

export const isFiller = (word: string): boolean => word.length < 5 && FILLERS.has(word);

/** What a shopper asks for: each word once, without fillers unless there is nothing else. */
export function wordsAsked(text: string): string[] {
  const words = [...new Set(wordsOf(text))];
  const telling = words.filter((word) => !isFiller(word));
  return (telling.length ? telling : words).slice(0, 12);
}
