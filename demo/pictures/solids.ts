import { line, oval, type Pen, shape } from "./pen.ts";
import { inShade, type Tones } from "./tones.ts";

/** The side of something round: an upright wall with a round foot. */
export const wall = (x: number, y: number, width: number, height: number, ry: number): string =>
  `M${x} ${y}v${height}a${width / 2} ${ry} 0 0 0 ${width} 0v${-height}z`;

/** Light on polished metal or glaze, from left to right. */
export const gloss = (pen: Pen, c: Tones): string =>
  pen.blend([
    [0, c.shade],
    [0.14, c.glow],
    [0.32, c.light],
    [0.6, c.base],
    [1, c.deep],
  ]);
/** Light on cloth, clay or wood. */
export const matt = (pen: Pen, c: Tones): string =>
  pen.blend([
    [0, c.light],
    [0.42, c.base],
    [1, c.deep],
  ]);

/** A closed drum seen a little from above. */
export function drum(
  pen: Pen,
  c: Tones,
  x: number,
  y: number,
  width: number,
  height: number,
  ry: number,
  fill = gloss(pen, c),
): string {
  const middle = x + width / 2;
  return shape(wall(x, y, width, height, ry), fill) + oval(middle, y, width / 2, ry, c.light);
}

/** An open pot seen a little from above. */
export function vessel(
  pen: Pen,
  c: Tones,
  x: number,
  y: number,
  width: number,
  height: number,
  ry: number,
  fill = gloss(pen, c),
): string {
  const middle = x + width / 2;
  return (
    shape(wall(x, y, width, height, ry), fill) +
    oval(middle, y, width / 2, ry, c.glow) +
    oval(middle, y + 1, width / 2 - 5, ry - 3, c.deep) +
    shape(
      `M${x + 8} ${y + 3}a${width / 2 - 8} ${ry - 4} 0 0 0 ${width - 16} 0a${width / 2 - 8} ${ry - 1} 0 0 1 ${16 - width} 0z`,
      inShade(c).base,
      0.5,
    )
  );
}

export const band = (x: number, y: number, width: number, ry: number, colour: string, thickness: number): string =>
  line(`M${x} ${y}a${width / 2} ${ry} 0 0 0 ${width} 0`, colour, thickness);

/** A flame that stands on the point given, `height` tall. */
export function flame(x: number, y: number, height: number, outer = "#f0a23c", inner = "#fbe29a"): string {
  const drop = (h: number, w: number, fill: string) =>
    shape(
      `M${x} ${y - h}C${x + w * 0.4} ${y - h * 0.6} ${x + w} ${y - h * 0.4} ${x + w * 0.6} ${y - h * 0.08}C${x + w * 0.3} ${y + 3} ${x - w * 0.3} ${y + 3} ${x - w * 0.6} ${y - h * 0.08}C${x - w} ${y - h * 0.4} ${x - w * 0.2} ${y - h * 0.55} ${x} ${y - h}Z`,
      fill,
    );
  const round = (value: string) => value.replace(/\d+\.\d+/g, (number) => Number(number).toFixed(1));
  return round(drop(height, height * 0.42, outer) + drop(height * 0.58, height * 0.26, inner));
}
