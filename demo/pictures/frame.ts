import { type Drawing, Pen } from "./pen.ts";
import { tonesOf } from "./tones.ts";

/** The wall and the ground behind a product, by the first step of its category. */
const BACKDROPS: Record<string, string> = {
  clothing: "#e3dcd2",
  footwear: "#d3dfe0",
  camping: "#cfdccf",
  packs: "#e4d9c3",
  hiking: "#d0dee6",
  kitchen: "#ecdcc6",
  home: "#e6d3cd",
  garden: "#d5e0c4",
  gifts: "#e6d4dc",
};
const PLAIN = "#e1e1df";

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

const GROUND =
  '<radialGradient id="ground"><stop stop-opacity=".34"/><stop offset=".6" stop-opacity=".16"/><stop offset="1" stop-opacity="0"/></radialGradient>';
const SHADOW =
  '<filter id="shadow" x="-20%" y="-20%" width="140%" height="140%"><feDropShadow dx="7" dy="11" stdDeviation="8" flood-color="#1d2327" flood-opacity=".28"/></filter>';
const LAMP =
  '<radialGradient id="lamp" cx=".34" cy=".28" r=".8"><stop stop-color="#fff" stop-opacity=".55"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>';

/** Path data and figures without the signs that say nothing. */
const tight = (svg: string): string =>
  svg
    .replace(
      / d="([^"]*)"/g,
      (_, d: string) =>
        ` d="${d
          .replace(/[\s,]*([A-Za-z])\s*/g, "$1")
          .replace(/[\s,]+/g, " ")
          .replace(/ -/g, "-")}"`,
    )
    .replace(/([ "-])0\.(\d)/g, "$1.$2");

/** The finished picture: the drawing before the backdrop of its category, with its shadow and its title. */
export function picture(title: string, category: string, draw: Drawing, colour: string): string {
  const pen = new Pen();
  const drawn = draw(pen, tonesOf(colour));
  const backdrop = BACKDROPS[category.split("/", 1)[0] as string] ?? PLAIN;
  const standing = pen.ground !== "";
  const floor = standing ? `<path d="M0 292h400v108h-400z" fill="${tonesOf(backdrop).shade}" opacity=".55"/>` : "";
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" viewBox="0 0 400 400">',
    `<title>${escaped(title)}</title>`,
    `<defs>${LAMP}${standing ? GROUND : SHADOW}${tight(pen.definitions)}</defs>`,
    `<path d="M0 0h400v400h-400z" fill="${backdrop}"/>${floor}<path d="M0 0h400v400h-400z" fill="url(#lamp)"/>`,
    pen.ground,
    `<g fill="none" stroke-linecap="round" stroke-linejoin="round"${standing ? "" : ' filter="url(#shadow)"'}>`,
    `${tight(drawn)}</g></svg>\n`,
  ].join("");
}
