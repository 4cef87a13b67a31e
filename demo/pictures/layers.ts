import { collar, hemline, hood, longCuff, neck, shortCuff, torsoOf, upper, zip } from "./garment.ts";
import {
  box,
  type Drawing,
  dashes,
  dot,
  flip,
  line,
  mirrored,
  rectangle,
  scaled,
  seam,
  shape,
  stitch,
  turn,
} from "./pen.ts";
import { inShade, type Tones, tonesOf } from "./tones.ts";

const knitCuff = (t: Tones): string[] => [
  line("M55 294 L107 307", t.deep, 22),
  dashes("M55 294 L107 307", t.shade, 20, "2 5"),
];
const knitHem = (c: Tones, y = 322): string =>
  line(`M112 ${y} Q200 ${y + 12} 288 ${y}`, c.deep, 20) +
  dashes(`M112 ${y} Q200 ${y + 12} 288 ${y}`, c.shade, 18, "2 5");

/** The pile of a fleece: short strokes in rows. */
const nap = (c: Tones): string =>
  dashes("M110 150H290M106 184H294M110 218H290M106 252H294M110 286H290", c.light, 3, "1 17", 0.9) +
  dashes("M118 167H290M114 201H290M118 235H290M114 269H290", c.shade, 3, "1 17", 0.9);

export const fleece: Drawing = (pen, c) =>
  upper(
    pen,
    c,
    { onSleeve: knitCuff },
    nap(c),
    knitHem(c),
    shape("M228 158h36v40q-18 8-36 0z", c.shade),
    line("M228 158h36", c.line, 4),
  ) +
  collar(c, c.deep, 68) +
  zip(c, 82, 172);

export const fleeceHoodie: Drawing = (pen, c) =>
  hood(pen, c) +
  upper(
    pen,
    c,
    { onSleeve: (t) => [...knitCuff(t), dot(92, 296, 6, t.line)] },
    nap(c),
    knitHem(c),
    line("M150 228 L138 290", c.line, 4),
    flip(line("M150 228 L138 290", c.line, 4)),
  ) +
  shape(mirrored("M200 116 C184 112 172 104 162 96 L156 110 C168 124 186 132 200 134"), c.shade) +
  zip(c, 122, 326);

/** Deep pile with patches of cotton at shoulder, breast and elbow. */
export const pileJacket: Drawing = (pen, c) => {
  const cotton = tonesOf("#8a6a4a");
  const curls = pen.tile(
    24,
    36,
    line("M-6 10q6-9 12 0t12 0t12 0", c.shade, 2.6),
    line("M-12 28q6-9 12 0t12 0t12 0t12 0", c.deep, 2.6, 0.5),
  );
  const arm = (t: Tones) => [
    shape(rectangle(30, 160, 120, 124), curls),
    line("M55 296 L107 309", (t === c ? cotton : inShade(cotton)).base, 16),
  ];
  return (
    upper(
      pen,
      c,
      { onSleeve: arm },
      shape(rectangle(100, 130, 200, 200), curls),
      shape(mirrored("M200 110 L160 90 L100 112 L112 152 C150 140 176 138 200 138"), cotton.base),
      shape("M262 100 L300 100 L290 156 C280 150 268 146 256 143Z", cotton.shade),
      stitch("M112 146 C150 134 250 134 288 146", cotton),
      box(224, 166, 44, 46, 5, cotton.base),
      stitch("M229 172h34", cotton),
      line("M224 180h44", cotton.deep, 2),
      line("M112 324 Q200 336 288 324", cotton.base, 16),
    ) +
    collar(c, c.deep, 64) +
    line("M168 84q6-6 11 2t10 3t11 1t11-1t10-3t11-2", c.shade, 2.6) +
    zip(cotton, 84, 330, "#e8dcc0")
  );
};

export const gridMidlayer: Drawing = (pen, c) => {
  const torso = torsoOf({});
  const waffle = pen.tile(16, 16, shape("M2 2h10v10h-10z", c.deep, 0.5));
  return (
    upper(pen, c, {
      onSleeve: (t) => [
        shape("M130 106 L60 290 L40 290 L70 150Z", t.base),
        longCuff(t)[0] as string,
        dot(92, 298, 5, t.line),
      ],
    }) +
    shape(torso, waffle) +
    pen.within(
      torso,
      shape("M100 96H300V140Q200 158 100 140Z", c.base),
      seam("M100 140Q200 158 300 140", c),
      hemline(c),
    ) +
    collar(c, c.deep, 66) +
    zip(c, 80, 164)
  );
};

const flat = (c: Tones): string => stitch("M128 116 C150 150 146 290 138 330 M272 116 C250 150 254 290 262 330", c);

export const baseLayer: Drawing = (pen, c) =>
  scaled(
    1.1,
    upper(
      pen,
      c,
      { waist: 128, flare: 126, onSleeve: (t) => [stitch("M122 126 L84 300", t), ...longCuff(t)] },
      flat(c),
      hemline(c),
    ) + neck(c),
  );

export const tShirt: Drawing = (pen, c) =>
  scaled(
    1.12,
    upper(
      pen,
      c,
      { sleeve: "short", waist: 126, flare: 124, onSleeve: shortCuff },
      stitch("M112 318 Q200 330 288 318", c),
      line("M140 250 Q170 262 176 300 M262 240 Q236 262 230 296", c.deep, 2.5, 0.4),
    ) + neck(c),
  );

/** A turned-down collar and a row of buttons. */
const shirtFront = (c: Tones, button: string, to = 326): string =>
  shape(`M188 116h24v${to - 116}h-24z`, c.light, 0.6) +
  seam(`M188 120V${to}M212 120V${to}`, c, 2) +
  [146, 188, 230, 272, 312].map((y) => dot(200, y, 4.2, button) + dot(200, y, 1.4, c.line)).join("");
const shirtCollar = (c: Tones): string =>
  shape("M164 90 C176 78 224 78 236 90 L226 108 L200 124 L174 108Z", c.line) +
  shape("M166 84 C160 92 152 100 146 108 L176 142 L200 118 C184 112 172 100 166 84Z", c.light) +
  shape("M234 84 C240 92 248 100 254 108 L224 142 L200 118 C216 112 228 100 234 84Z", c.base) +
  line("M166 84 C172 100 184 112 200 118 C216 112 228 100 234 84", c.deep, 2.5) +
  stitch("M153 107 L176 134 L194 119 M247 107 L224 134 L206 119", c);
const buttonCuff = (t: Tones): string[] => [seam("M60 262 L114 275", t), dot(96, 288, 4, t.glow)];

export const flannelShirt: Drawing = (pen, c) => {
  const check = (t: Tones) => {
    const cross = "M0 17H34M17 0V34";
    return shape(
      rectangle(20, 60, 290, 300),
      pen.tile(34, 34, line(cross, t.line, 13, 0.32), line("M0 0H34M0 0V34", t.glow, 2.6, 0.5)),
    );
  };
  const pocket = (x: number) =>
    box(x, 164, 46, 50, 5, c.base) +
    line(`M${x} 164h46v46h-46z`, c.deep, 2) +
    line(`M${x} 190h46M${x + 23} 164v46`, c.line, 13, 0.32) +
    shape(`M${x - 2} 160h50v12l-25 12l-25-12z`, c.shade) +
    dot(x + 23, 174, 3.5, "#f0e6d2");
  return scaled(
    1.08,
    upper(
      pen,
      c,
      { waist: 128, flare: 124, onSleeve: (t) => [turn(14, 100, 200, check(t)), ...buttonCuff(t)] },
      check(c),
      pocket(138),
      pocket(216),
    ) +
      shirtFront(c, "#f0e6d2", 330) +
      shirtCollar(c),
  );
};

export const sunShirt: Drawing = (pen, c) =>
  scaled(
    1.08,
    upper(
      pen,
      c,
      { waist: 126, flare: 122, onSleeve: buttonCuff },
      seam("M100 150 C140 164 260 164 300 150", c),
      stitch("M100 156 C140 170 260 170 300 156", c),
      box(136, 178, 46, 50, 6, c.light),
      line("M136 190h46", c.deep, 2.5),
      box(218, 178, 46, 50, 6, c.light),
      line("M218 190h46", c.deep, 2.5),
      stitch("M112 318 Q200 330 288 318", c),
    ) +
      shirtFront(c, "#fbf7ea", 330) +
      shirtCollar(c),
  );
