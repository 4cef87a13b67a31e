import { slugOf } from "../../services/products/slug.ts";
import { picture } from "./frame.ts";
import { DRAWINGS } from "./index.ts";
import { NAMED } from "./tones.ts";

export interface Picture {
  /** Its name in `public/media/`. */
  file: string;
  url: string;
  alt: string;
  svg(): string;
}

/** A product's pictures: one for each of its colours, in their order, or one. */
export function picturesOf(
  slug: string,
  name: string,
  categories: readonly string[],
  options: Record<string, readonly string[]>,
): Picture[] {
  const found = DRAWINGS[slug];
  if (!found) throw new Error(`Nobody has drawn ${slug}`);
  const [draw, ownColour] = found;
  const depicted = (file: string, alt: string, colour: string | undefined): Picture => {
    if (colour === undefined) throw new Error(`The colour of ${alt} has no figure`);
    const svg = () => picture(alt, categories[0] ?? "", draw, colour);
    return { file, url: `/media/${file}`, alt, svg };
  };
  const colours = options.Colour ?? options.Glaze;
  if (!colours) return [depicted(`${slug}-1.svg`, name, ownColour)];
  return colours.map((colour) => depicted(`${slug}-${slugOf(colour)}.svg`, `${name} in ${colour}`, NAMED[colour]));
}
