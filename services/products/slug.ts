import { createHash } from "node:crypto";

const MAX = 110;
/** Letters that Unicode does not take apart into a base letter and a mark. */
const FOLDED: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  å: "a",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
  "&": " and ",
  "™": "",
  "®": "",
  "©": "",
};
const FOLDABLE = new RegExp(`[${Object.keys(FOLDED).join("")}]`, "g");

/** A text as part of an address: ASCII, lower case, single hyphens, cut between words; never empty. */
export function slugOf(text: string): string {
  const slug = text
    .toLowerCase()
    .replace(FOLDABLE, (letter) => FOLDED[letter] ?? letter)
    .normalize("NFKD")
    .replace(/[\p{M}'’]/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  if (slug === "") return `x-${createHash("sha256").update(text).digest("hex").slice(0, 10)}`;
  if (slug.length <= MAX) return slug;
  const cut = slug.slice(0, MAX + 1);
  return cut.includes("-") ? cut.slice(0, cut.lastIndexOf("-")) : cut.slice(0, MAX);
}

/** The slug to try at the n-th attempt: `lamp`, `lamp-2`, `lamp-3` … */
export const numbered = (slug: string, attempt: number): string => (attempt === 1 ? slug : `${slug}-${attempt}`);

export interface NamedCategory {
  path: string;
  name: string;
}

/** Each step of a path of names with its path of slugs, the outermost first. */
export function categorySteps(names: readonly string[]): NamedCategory[] {
  const steps: NamedCategory[] = [];
  for (const name of names) {
    const parent = steps.at(-1);
    steps.push({ path: `${parent ? `${parent.path}/` : ""}${slugOf(name)}`, name });
  }
  return steps;
}
