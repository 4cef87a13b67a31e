import type { Tones } from "./tones.ts";

/** Draws a product on a field of 400 by 400; the light comes from the upper left. */
export type Drawing = (pen: Pen, tones: Tones) => string;

export const shape = (d: string, fill: string, opacity = 1): string =>
  `<path d="${d}" fill="${fill}"${faded(opacity)}/>`;
export const line = (d: string, stroke: string, width = 3, opacity = 1): string =>
  `<path d="${d}" stroke="${stroke}" stroke-width="${width}"${faded(opacity)}/>`;
export const dashes = (d: string, stroke: string, width: number, pattern: string, opacity = 1): string =>
  `<path d="${d}" stroke="${stroke}" stroke-width="${width}" stroke-dasharray="${pattern}"${faded(opacity)}/>`;
export const oval = (x: number, y: number, rx: number, ry: number, fill: string, opacity = 1): string =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"${faded(opacity)}/>`;
export const dot = (x: number, y: number, r: number, fill: string, opacity = 1): string =>
  `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"${faded(opacity)}/>`;
export const ring = (x: number, y: number, r: number, stroke: string, width = 3, opacity = 1): string =>
  `<circle cx="${x}" cy="${y}" r="${r}" stroke="${stroke}" stroke-width="${width}"${faded(opacity)}/>`;
export const box = (
  x: number,
  y: number,
  width: number,
  height: number,
  r: number,
  fill: string,
  opacity = 1,
): string => `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${r}" fill="${fill}"${faded(opacity)}/>`;

/** Where two pieces of cloth or metal meet. */
export const seam = (d: string, { deep }: Tones, width = 2.5): string => line(d, deep, width);
/** A row of thread. */
export const stitch = (d: string, { glow }: Tones): string => dashes(d, glow, 1.8, "5 5", 0.75);

export const flip = (...content: string[]): string => `<g transform="matrix(-1 0 0 1 400 0)">${content.join("")}</g>`;
export const turn = (degrees: number, x: number, y: number, ...content: string[]): string =>
  `<g transform="rotate(${degrees} ${x} ${y})">${content.join("")}</g>`;
export const move = (x: number, y: number, ...content: string[]): string =>
  `<g transform="translate(${x} ${y})">${content.join("")}</g>`;
/** Content made larger or smaller around the middle of the field. */
export const scaled = (by: number, ...content: string[]): string =>
  `<g transform="translate(${200 - 200 * by} ${200 - 200 * by}) scale(${by})">${content.join("")}</g>`;

export const rectangle = (x: number, y: number, width: number, height: number): string =>
  `M${x} ${y}h${width}v${height}h${-width}z`;

const faded = (opacity: number): string => (opacity === 1 ? "" : ` opacity="${opacity}"`);

/** A closed outline from its left half, drawn from top to bottom with M, L, C and Q in absolute points. */
export function mirrored(half: string): string {
  const steps = [...half.matchAll(/([MLCQ])([^MLCQ]*)/g)].map(([, command = "", numbers = ""]) => ({
    command,
    points: (numbers.match(/-?[\d.]+\s*[ ,]\s*-?[\d.]+/g) ?? []).map((point) =>
      point.trim().split(/[ ,]+/).map(Number),
    ),
  }));
  const back: string[] = [];
  for (let at = steps.length - 1; at > 0; at--) {
    const { command, points } = steps[at] as (typeof steps)[0];
    const from = steps[at - 1]?.points.at(-1) as number[];
    const reversed = [...points.slice(0, -1).reverse(), from];
    back.push(`${command}${reversed.map(([x = 0, y = 0]) => `${400 - x} ${y}`).join(" ")}`);
  }
  const [x = 0, y = 0] = steps.at(-1)?.points.at(-1) ?? [];
  return `${half}${x === 200 ? "" : `L${400 - x} ${y}`}${back.join("")}Z`;
}

/** Gathers what a picture defines once, under ids of its own. */
export class Pen {
  readonly #definitions: string[] = [];
  readonly #ground: string[] = [];
  readonly #clips = new Map<string, string>();

  /** A filled outline, and on it what is cut off at its edge. */
  body(d: string, fill: string, ...on: string[]): string {
    return shape(d, fill) + (on.length > 0 ? this.within(d, ...on) : "");
  }

  /** The content as far as it lies inside the outline. */
  within(d: string, ...content: string[]): string {
    const id = this.#clips.get(d) ?? this.#define((name) => `<clipPath id="${name}"><path d="${d}"/></clipPath>`);
    this.#clips.set(d, id);
    return `<g clip-path="url(#${id})">${content.join("")}</g>`;
  }

  /** A fill that goes from the first colour to the last, left to right unless told. */
  blend(colours: readonly (readonly [at: number, colour: string, opacity?: number])[], down = false): string {
    const stops = colours.map(
      ([at, colour, opacity = 1]) =>
        `<stop offset="${at}" stop-color="${colour}"${opacity === 1 ? "" : ` stop-opacity="${opacity}"`}/>`,
    );
    const way = down ? ' x2="0" y2="1"' : "";
    const id = this.#define((name) => `<linearGradient id="${name}"${way}>${stops.join("")}</linearGradient>`);
    return `url(#${id})`;
  }

  /** A fill that repeats the content, as woven and knitted things do. */
  tile(width: number, height: number, ...content: string[]): string {
    const id = this.#define(
      (name) =>
        `<pattern id="${name}" width="${width}" height="${height}" patternUnits="userSpaceOnUse" fill="none">${content.join("")}</pattern>`,
    );
    return `url(#${id})`;
  }

  /** A round light that fades outwards. */
  shine(colour: string, opacity = 1): string {
    const stops = `<stop stop-color="${colour}" stop-opacity="${opacity}"/><stop offset="1" stop-color="${colour}" stop-opacity="0"/>`;
    const id = this.#define((name) => `<radialGradient id="${name}">${stops}</radialGradient>`);
    return `url(#${id})`;
  }

  /** Lets the thing stand on the ground there instead of lying before a wall. */
  stands(x: number, y: number, rx: number, ry = Math.round(rx * 0.14)): void {
    this.#ground.push(
      `<ellipse cx="${x + Math.round(rx * 0.08)}" cy="${y}" rx="${Math.round(rx * 1.15)}" ry="${ry}" fill="url(#ground)"/>`,
    );
  }

  get definitions(): string {
    return this.#definitions.join("");
  }

  get ground(): string {
    return this.#ground.join("");
  }

  #define(definition: (id: string) => string): string {
    const id = `d${this.#definitions.length}`;
    this.#definitions.push(definition(id));
    return id;
  }
}
