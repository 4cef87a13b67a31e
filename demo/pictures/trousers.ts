import { box, type Drawing, dot, flip, line, mirrored, type Pen, seam, shape, stitch } from "./pen.ts";
import { type Tones, tonesOf } from "./tones.ts";

interface Legs {
  /** Half the width at waist, hip, knee and hem, and where the hem is. */
  waist?: number;
  hip?: number;
  knee?: number;
  ankle?: number;
  hem?: number;
  /** How far apart the legs end. */
  gap?: number;
}

const outline = ({ waist = 62, hip = 80, knee = 78, ankle = 82, hem = 352, gap = 16 }: Legs): string => {
  const fork = hem > 300 ? 170 : 176;
  return mirrored(
    `M200 56 L${200 - waist} 52 C${200 - waist - 6} 90 ${200 - hip} 110 ${200 - hip} 140 C${200 - hip} 190 ${200 - knee} 230 ${200 - ankle} ${hem} L${200 - gap} ${hem + 4} L196 ${fork + 6} L200 ${fork}`,
  );
};

/** Two legs and a waistband, lit from the left. */
function pair(pen: Pen, c: Tones, legs: Legs, ...on: string[]): string {
  const { waist = 62, hem = 352, gap = 16 } = legs;
  const d = outline(legs);
  const fold = `M200 178 C196 220 188 280 ${200 - gap} ${hem + 10} L${200 - gap - 26} ${hem + 10} C170 280 178 220 176 150Z`;
  return (
    pen.body(
      d,
      c.base,
      shape(`M252 40 C240 120 262 220 244 ${hem + 10} L330 ${hem + 10} L320 40Z`, c.shade),
      shape(fold, c.shade, 0.8),
      shape(`M${200 - waist} 50 C110 110 128 230 110 ${hem + 10} L90 ${hem + 10} L90 50Z`, c.light),
      seam("M200 84 C202 120 200 150 200 172", c),
      ...on,
      shape(`M110 44 H290 V78 C250 84 150 84 110 78Z`, c.light, 0.6),
      seam("M110 78 C150 84 250 84 290 78", c),
      stitch("M110 72 C150 78 250 78 290 72", c),
    ) + shape(mirrored(`M200 56 L${200 - waist} 52 C160 64 180 67 200 67`), c.line)
  );
}

const loops = (c: Tones): string => [148, 180, 215, 247].map((x) => box(x, 56, 6, 26, 2, c.deep)).join("");
const pockets = (c: Tones): string =>
  line("M156 82 C154 104 142 118 124 124", c.deep, 3) + flip(line("M156 82 C154 104 142 118 124 124", c.line, 3));
const fly = (c: Tones): string => stitch("M212 82 C214 110 214 132 202 142", c) + dot(200, 72, 4.5, c.glow);
const hems = (c: Tones, y: number): string => stitch(`M100 ${y} L190 ${y + 4} M210 ${y + 4} L300 ${y}`, c);

const walking =
  (legs: Legs): Drawing =>
  (pen, c) =>
    pair(
      pen,
      c,
      legs,
      pockets(c),
      fly(c),
      line("M118 196 L150 190", c.line, 4),
      stitch("M114 202 L114 250 L150 250 L152 194", c),
      seam("M114 238 C140 246 164 246 186 240 M214 240 C236 246 260 246 286 238", c),
      hems(c, 342),
    ) + loops(c);
export const walkingTrousers = walking({});
export const fittedTrousers = walking({ waist: 56, hip: 82, knee: 70, ankle: 68, gap: 20 });

export const overtrousers: Drawing = (pen, c) =>
  pair(
    pen,
    c,
    { waist: 66, hip: 84, knee: 86, ankle: 90, gap: 12 },
    line("M126 130 C124 220 122 300 118 360", c.line, 6),
    line("M126 130 C124 220 122 300 118 360", c.glow, 1.6),
    flip(line("M126 130 C124 220 122 300 118 360", c.line, 6), line("M126 130 C124 220 122 300 118 360", c.glow, 1.6)),
    seam("M110 258 L190 262 M210 262 L290 258", c),
    hems(c, 342),
  ) + line("M190 70 C180 92 184 104 178 116 M210 70 C220 92 214 104 222 112", c.glow, 3.5);

export const shorts: Drawing = (pen, c) =>
  `<g transform="translate(-38 8) scale(1.19)">${
    pair(
      pen,
      c,
      { hem: 258, hip: 84, knee: 92, ankle: 98, gap: 10 },
      pockets(c),
      fly(c),
      line("M112 190 L146 186", c.line, 4),
      hems(c, 246),
    ) +
    box(138, 56, 124, 16, 3, c.line) +
    box(186, 54, 26, 20, 4, c.glow) +
    box(191, 59, 16, 10, 2, c.line)
  }</g>`;

export const climbingTrousers: Drawing = (pen, c) =>
  pair(
    pen,
    c,
    { waist: 64, hip: 88, knee: 82, ankle: 66, gap: 24 },
    pockets(c),
    fly(c),
    shape("M112 218 C140 210 168 210 186 220 L184 274 C160 282 136 282 114 272Z", c.shade),
    stitch("M116 224 C140 216 164 216 182 225 L180 269 C160 276 138 276 118 268Z", c),
    flip(stitch("M116 224 C140 216 164 216 182 225 L180 269 C160 276 138 276 118 268Z", c)),
    line("M126 336 L180 340 M220 340 L274 336", c.deep, 12),
    line("M284 150 L292 190", tonesOf("#f2ead8").base, 5),
  ) + line("M188 70 C176 96 186 108 180 128 M208 70 C220 92 212 112 218 124", "#f2ead8", 4);

export const leggings: Drawing = (pen, c) =>
  pair(
    pen,
    c,
    { waist: 58, hip: 76, knee: 60, ankle: 52, gap: 26 },
    stitch("M150 84 C140 160 152 260 162 356 M250 84 C260 160 248 260 238 356", c),
    stitch("M178 150 L200 186 L222 150 L200 108Z", c),
    line("M140 340 L182 344 M218 344 L260 340", c.deep, 16),
  );
