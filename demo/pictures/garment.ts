import { flip, line, mirrored, type Pen, seam, shape, stitch } from "./pen.ts";
import { inShade, type Tones } from "./tones.ts";

export interface Cut {
  /** Where the left side runs at the waist and at the hem, and how far down the hem is. */
  waist?: number;
  flare?: number;
  hem?: number;
  sleeve?: "long" | "short" | "none";
  /** What lies on each sleeve, drawn on the left one. */
  onSleeve?: (c: Tones) => string[];
}

export const torsoOf = ({ waist = 124, flare = 120, hem = 326, sleeve = "long" }: Cut): string =>
  mirrored(
    sleeve === "none"
      ? `M200 112 L164 92 C156 98 146 102 138 106 C144 140 140 168 ${waist} 196 C${waist} 250 ${flare} 290 ${flare} ${hem} C150 ${hem + 5} 176 ${hem + 6} 200 ${hem + 6}`
      : `M200 112 L164 92 C150 102 134 107 116 114 C122 142 ${waist} 172 ${waist} 208 C${waist} 260 ${flare} 294 ${flare} ${hem} C150 ${hem + 5} 176 ${hem + 6} 200 ${hem + 6}`,
  );

const LONG =
  "M130 106 C104 112 90 130 84 160 L54 286 C52 297 56 304 64 306 L94 313 C102 314 106 310 108 303 L142 204 Z";
const SHORT =
  "M130 106 C108 110 94 122 84 142 L54 196 C51 203 53 208 59 212 L94 231 C101 234 106 231 109 225 L142 172 Z";

/** The body and sleeves of something worn above the waist, lit from the left; `on` lies on the body. */
export function upper(pen: Pen, c: Tones, cut: Cut, ...on: string[]): string {
  const { sleeve = "long", hem = 326, waist = 124, onSleeve = () => [] } = cut;
  const torso = torsoOf(cut);
  const arm = (t: Tones) =>
    sleeve === "none"
      ? ""
      : pen.body(
          sleeve === "long" ? LONG : SHORT,
          t.base,
          sleeve === "long"
            ? shape("M142 170 L88 320 L120 330 L160 200Z", t.shade)
            : shape("M142 150 L80 240 L120 240 L160 170Z", t.shade),
          ...onSleeve(t),
        );
  const body = pen.body(
    torso,
    c.base,
    shape(`M262 90 C246 150 274 220 252 ${hem + 10} L300 ${hem + 10} L300 90Z`, c.shade),
    shape(`M${waist} 210 C132 240 128 280 136 ${hem + 10} L100 ${hem + 10} L100 190Z`, c.light),
    ...on,
  );
  const armhole = sleeve === "none" ? "" : line("M116 114 C122 142 124 172 124 206", c.deep, 2.5, 0.6);
  return arm(c) + flip(arm(inShade(c))) + body + armhole + (sleeve === "none" ? "" : flip(armhole));
}

/** Cuffs and a hem with a row of thread. */
export const longCuff = (t: Tones): string[] => [seam("M58 274 L112 287", t), stitch("M56 281 L110 294", t)];
export const shortCuff = (t: Tones): string[] => [stitch("M62 190 L114 219", t)];
export const hemline = (c: Tones, hem = 326): string =>
  seam(`M116 ${hem - 16} C150 ${hem - 11} 250 ${hem - 11} 284 ${hem - 16}`, c) +
  stitch(`M116 ${hem - 10} C150 ${hem - 5} 250 ${hem - 5} 284 ${hem - 10}`, c);

/** A zip down the middle, with its slider. */
export const zip = (c: Tones, from: number, to: number, metal = c.glow): string =>
  line(`M200 ${from}V${to}`, c.line, 6) +
  `<path d="M200 ${from}V${to}" stroke="${metal}" stroke-width="2.4" stroke-dasharray="2 4" stroke-linecap="butt"/>` +
  shape(`M196 ${from}h8l2 16c0 5-12 5-12 0z`, metal);

/** The hood of an empty jacket: its outside, its lining and its edge. */
export function hood(pen: Pen, c: Tones, lining = c.line): string {
  const outer = mirrored("M200 34 C166 34 146 54 144 84 C143 98 150 106 158 112 L200 130");
  const opening = mirrored("M200 52 C178 52 164 68 164 90 C166 104 184 118 200 126");
  return (
    pen.body(outer, c.base, shape("M224 30 C250 60 246 90 226 130 L270 130 L270 30Z", c.shade)) +
    shape(opening, lining) +
    line(opening, c.light, 3, 0.8) +
    line("M168 44 C160 56 156 70 156 88", c.glow, 2.5, 0.6)
  );
}

/** A stand-up collar, open in front. */
export function collar(c: Tones, lining = c.line, top = 72): string {
  const half = `M200 ${top + 12} C186 ${top + 12} 174 ${top + 8} 168 ${top} L160 98 C170 108 186 114 200 115`;
  return (
    shape(mirrored(`M200 ${top - 6} C186 ${top - 6} 174 ${top - 4} 168 ${top} L166 100 L200 108`), lining) +
    shape(mirrored(half), c.base) +
    shape(`M200 ${top + 12} C214 ${top + 12} 226 ${top + 8} 232 ${top} L240 98 C230 108 214 114 200 115Z`, c.shade) +
    line(`M164 98 C176 108 188 112 200 113 C212 112 224 108 236 98`, c.deep, 2.5)
  );
}

/** A round neckline with its band; what shows of the inside lies behind it. */
export const neck = (c: Tones): string =>
  shape("M164 92 C176 84 224 84 236 92 C230 116 216 124 200 124 C184 124 170 116 164 92Z", c.line) +
  line("M164 92 C170 116 184 124 200 124 C216 124 230 116 236 92", c.light, 8) +
  line("M160 95 C166 121 182 130 200 130 C218 130 234 121 240 95", c.deep, 2);
