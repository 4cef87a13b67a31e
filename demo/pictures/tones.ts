/** One colour in the steps that a drawing needs, from where the light falls to the seams. */
export interface Tones {
  glow: string;
  light: string;
  base: string;
  shade: string;
  deep: string;
  line: string;
}

/** What the values of the options Colour and Glaze look like. */
export const NAMED: Record<string, string> = {
  Slate: "#64798a",
  Rowan: "#b53a34",
  Heather: "#9377a3",
  Moss: "#6f7d4c",
  Ochre: "#d39f3f",
  Ink: "#2f4162",
  Ember: "#dc6a35",
  Oat: "#e0cfab",
  Peat: "#5b4638",
  Bracken: "#a5683a",
  Chalk: "#f1ede3",
  Tide: "#4f8d97",
};

/** Materials that look the same on every product. */
export const STEEL = "#b9c1c6";
export const IRON = "#43474b";
export const BRASS = "#cda24b";
export const WOOD = "#c99a63";
export const LEATHER = "#9a6238";
export const RUBBER = "#33383c";
export const CREAM = "#f4ecda";

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const gamma = (value: number): number => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);

type Lab = [lightness: number, a: number, b: number];

function labOf(hex: string): Lab {
  const [r, g, b] = [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255)) as Lab;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function hexOf([lightness, a, b]: Lab): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const byte = (value: number) => Math.round(255 * gamma(Math.min(1, Math.max(0, value))));
  return `#${channels.map((value) => byte(value).toString(16).padStart(2, "0")).join("")}`;
}

/** The colour with its lightness as seen (Oklab) moved towards white, or towards black where `step` is negative. */
function lit(hex: string, step: number): string {
  const [lightness, a, b] = labOf(hex);
  const moved = step > 0 ? lightness + (1 - lightness) * step : lightness * (1 + step);
  const chroma = 1 - Math.abs(step) * (step > 0 ? 0.35 : 0.8);
  return hexOf([moved, a * chroma, b * chroma]);
}

export const tonesOf = (hex: string): Tones => ({
  glow: lit(hex, 0.42),
  light: lit(hex, 0.16),
  base: hex,
  shade: lit(hex, -0.1),
  deep: lit(hex, -0.22),
  line: lit(hex, -0.4),
});

/** The same thing on the side that the light does not reach. */
export const inShade = ({ light, base, shade, deep, line }: Tones): Tones => ({
  glow: light,
  light: base,
  base: shade,
  shade: deep,
  deep: line,
  line,
});
