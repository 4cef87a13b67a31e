const NAMED: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  bull: "•",
  middot: "·",
  hellip: "…",
  trade: "™",
  reg: "®",
  copy: "©",
  deg: "°",
  micro: "µ",
  ndash: "–",
  mdash: "—",
  minus: "−",
  plusmn: "±",
  times: "×",
  divide: "÷",
  sup1: "¹",
  sup2: "²",
  sup3: "³",
  frac12: "½",
  frac14: "¼",
  frac34: "¾",
  prime: "′",
  Prime: "″",
  lsquo: "‘",
  rsquo: "’",
  sbquo: "‚",
  ldquo: "“",
  rdquo: "”",
  bdquo: "„",
  laquo: "«",
  raquo: "»",
  euro: "€",
  pound: "£",
  yen: "¥",
  cent: "¢",
  sect: "§",
  dagger: "†",
  infin: "∞",
  le: "≤",
  ge: "≥",
  szlig: "ß",
  aelig: "æ",
  AElig: "Æ",
  oslash: "ø",
  Oslash: "Ø",
  aring: "å",
  Aring: "Å",
  ccedil: "ç",
  Ccedil: "Ç",
};
/** `&eacute;` and the like: a letter and the mark that goes on it. */
const MARKS: Record<string, string> = {
  acute: "\u0301",
  grave: "\u0300",
  circ: "\u0302",
  tilde: "\u0303",
  uml: "\u0308",
};
const windows1252 = new TextDecoder("windows-1252");

/** HTML as text: references such as `&bull;` become characters, tags go, breaks of blocks become lines. */
export function plainText(html: string): string {
  const untagged = html.includes("<")
    ? html.replace(/<(?:br|\/p|\/div|\/li|\/h[1-6]|\/tr)\b[^<>]*>/gi, "\n").replace(/<\/?[a-z][^<>]*>/gi, "")
    : html;
  return untagged.includes("&") ? untagged.replace(/&(#x?[0-9a-f]{1,6}|[a-z][a-z0-9]{1,15});/gi, character) : untagged;
}

function character(whole: string, reference: string): string {
  if (reference.startsWith("#")) {
    const code = /^#x/i.test(reference) ? Number.parseInt(reference.slice(2), 16) : Number(reference.slice(1));
    // As browsers do: control codes are meant as Windows-1252.
    if (code >= 0x80 && code <= 0x9f) return windows1252.decode(Uint8Array.of(code));
    return code >= 0x20 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
  }
  const [, letter, mark] = /^([a-z])(acute|grave|circ|tilde|uml)$/i.exec(reference) ?? [];
  if (letter && mark) return `${letter}${MARKS[mark]}`.normalize("NFC");
  return NAMED[reference] ?? whole;
}
