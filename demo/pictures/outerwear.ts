import { type Cut, collar, hemline, hood, longCuff, upper, zip } from "./garment.ts";
import {
  box,
  type Drawing,
  dashes,
  dot,
  flip,
  line,
  mirrored,
  type Pen,
  rectangle,
  scaled,
  seam,
  shape,
  stitch,
  turn,
} from "./pen.ts";
import { CREAM, type Tones, tonesOf } from "./tones.ts";

const handPockets = (c: Tones, y = 250): string =>
  line(`M152 ${y} L140 ${y + 46}`, c.line, 5) + flip(line(`M152 ${y} L140 ${y + 46}`, c.line, 5));
const chin = (c: Tones): string =>
  shape(mirrored("M200 116 C184 112 172 104 162 96 L156 110 C168 124 186 132 200 134"), c.base) +
  shape("M200 116 C216 112 228 104 238 96 L244 110 C232 124 214 132 200 134Z", c.shade);

/** Light and packable: it folds into its chest pocket. */
export const trailJacket: Drawing = (pen, c) =>
  hood(pen, c) +
  upper(
    pen,
    c,
    { hem: 334, onSleeve: longCuff },
    seam("M110 176 C150 184 186 184 200 184 C214 184 250 184 290 176", c),
    shape("M100 100 L300 100 L300 172 C250 182 150 182 100 172Z", c.light, 0.55),
    handPockets(c, 258),
    line("M218 204 H256", c.line, 5),
    dot(219, 204, 4, c.glow),
    hemline(c, 334),
  ) +
  chin(c) +
  zip(c, 122, 336);

const rain =
  (cut: Cut): Drawing =>
  (pen, c) =>
    hood(pen, c, c.deep) +
    upper(
      pen,
      c,
      {
        ...cut,
        hem: 336,
        onSleeve: (t) => [
          line("M130 120 L110 210", t.line, 4),
          box(56, 272, 30, 16, 5, t.deep),
          ...longCuff(t).slice(1),
        ],
      },
      shape("M100 100 H300 V146 C262 160 232 164 200 164 C168 164 138 160 100 146Z", c.deep),
      shape("M186 110 H214 V345 H186Z", c.shade),
      seam("M186 118 V345 M214 118 V345", c),
      line("M158 176 V214", c.glow, 4),
      handPockets(c, 252),
      hemline(c, 336),
    ) +
    chin(c) +
    [150, 210, 270, 324].map((y) => dot(200, y, 4.5, c.glow)).join("");

export const rainJacket = rain({});
export const fittedRainJacket = rain({ waist: 142, flare: 116 });

export const poncho: Drawing = (pen, c) => {
  const cape = mirrored("M200 112 L162 98 C128 112 100 150 46 306 C44 314 48 318 54 320 C110 340 160 344 200 344");
  const folds = "M156 150 C140 220 128 280 124 340 M128 190 C108 240 94 290 90 330 M176 170 C170 230 168 290 166 344";
  return (
    hood(pen, c, c.deep) +
    pen.body(
      cape,
      c.base,
      shape("M250 90 C250 180 280 260 268 350 L370 350 L340 100Z", c.shade),
      shape("M150 110 C110 180 90 240 74 340 L30 340 L100 130Z", c.light),
      line(folds, c.deep, 2.5, 0.5),
      flip(line(folds, c.deep, 2.5, 0.7)),
      stitch("M50 306 C110 328 290 328 350 306", c),
    ) +
    chin(c) +
    [0, 1, 2]
      .map((at) => dot(78 - at * 8, 258 + at * 22, 4.5, c.glow) + dot(322 + at * 8, 258 + at * 22, 4.5, c.glow))
      .join("") +
    line("M200 128 V190", c.line, 4) +
    line("M188 136 V182 M212 136 V182", CREAM, 2.5) +
    dot(188, 184, 4, CREAM) +
    dot(212, 184, 4, CREAM)
  );
};

/** Rows of quilting that bulge between the seams. */
const quilting = (pen: Pen, t: Tones): string =>
  pen.tile(400, 26, line("M0 12Q200 32 400 12", t.light, 6, 0.75), line("M0 2Q200 22 400 2", t.deep, 3.5));
const QUILTED = rectangle(90, 122, 220, 206);

const downParts = (pen: Pen, c: Tones, cut: Cut): string => {
  const sleeve = (t: Tones) => [
    turn(14, 100, 220, shape(rectangle(90, 134, 130, 180), quilting(pen, t))),
    line("M56 292 L110 305", t.line, 10),
  ];
  const hem = line("M116 322 Q200 332 284 322", c.line, 12);
  return (
    upper(pen, c, { ...cut, hem: 320, onSleeve: sleeve }, shape(QUILTED, quilting(pen, c)), handPockets(c, 236), hem) +
    collar(c, c.line, 66) +
    line("M166 84 C180 94 190 96 200 96 C210 96 220 94 234 84", c.deep, 3) +
    zip(c, 80, 326, "#e8c779")
  );
};

export const downJacket: Drawing = (pen, c) => scaled(1.06, downParts(pen, c, { flare: 124 }));

export const downVest: Drawing = (pen, c) => {
  const armhole = line("M138 106 C144 140 140 168 128 196", c.line, 7);
  return scaled(1.1, downParts(pen, c, { sleeve: "none", waist: 128, flare: 126 }) + armhole + flip(armhole));
};

const flapPocket = (c: Tones, x: number, y: number, w = 50, h = 52): string =>
  box(x, y, w, h, 5, c.base) +
  line(`M${x} ${y}h${w}v${h}h${-w}z`, c.deep, 2.5) +
  shape(`M${x - 3} ${y - 4}h${w + 6}v18q${-(w + 6) / 2} 8 ${-(w + 6)} 0z`, c.shade) +
  line(`M${x - 3} ${y + 14}q${(w + 6) / 2} 8 ${w + 6} 0`, c.deep, 2.5) +
  dot(x + w / 2, y + 10, 3.5, c.line);

export const parka: Drawing = (pen, c) => {
  const fur = tonesOf("#d8c4a0");
  return scaled(
    0.95,
    move20(
      upper(
        pen,
        c,
        {
          hem: 372,
          waist: 126,
          flare: 108,
          onSleeve: (t) => [box(54, 268, 60, 14, 4, t.deep), dot(70, 278, 3.5, t.line)],
        },
        shape("M178 110 H222 V390 H178Z", c.light),
        seam("M222 118 V390 M178 118 V390", c),
        flapPocket(c, 128, 262),
        flapPocket(c, 232, 262),
        flapPocket(c, 136, 168, 36, 40),
        stitch("M112 362 C150 368 250 368 288 362", c),
        line("M120 236 Q200 246 280 236", c.deep, 3),
      ) +
        line(mirrored("M200 32 C160 32 138 56 140 92 C142 108 160 120 200 128"), fur.base, 20) +
        dashes(mirrored("M200 32 C160 32 138 56 140 92 C142 108 160 120 200 128"), fur.shade, 20, "3 9") +
        hood(pen, c) +
        [150, 196, 242, 288, 334]
          .map((y) => dot(200, y, 6, tonesOf("#6b4a2f").base) + dot(198, y - 2, 2, "#c9a27a"))
          .join(""),
    ),
  );
};
const move20 = (content: string): string => `<g transform="translate(0 -6)">${content}</g>`;

export const softshell: Drawing = (pen, c) =>
  upper(
    pen,
    c,
    { onSleeve: (t) => [shape("M78 176 L60 250 L84 262 L112 190Z", t.shade), ...longCuff(t)] },
    shape("M100 90 H300 V168 C270 150 236 146 200 146 C164 146 130 150 100 168Z", c.deep),
    seam("M146 168 C160 230 158 290 150 340 M254 168 C240 230 242 290 250 340", c),
    handPockets(c, 244),
    line("M150 176 L172 200", c.glow, 4),
    hemline(c),
  ) +
  collar({ ...c, base: c.deep, shade: c.line }, c.line, 68) +
  zip(c, 82, 330, c.glow);

/** A single layer: the light comes through. */
export const windshirt: Drawing = (pen, c) =>
  hood(pen, c, c.deep) +
  upper(
    pen,
    c,
    {
      hem: 330,
      flare: 116,
      onSleeve: (t) => [line("M98 134 L72 300", t.glow, 3, 0.6), line("M56 290 L108 303", t.deep, 8)],
    },
    line(
      "M140 130 C152 200 138 260 146 330 M176 200 C168 250 176 290 172 330 M262 140 C250 210 262 270 254 330",
      c.glow,
      3,
      0.55,
    ),
    shape("M150 216 H250 V270 Q200 284 150 270Z", c.light, 0.8),
    line("M150 216 H250", c.line, 5),
    line("M116 328 Q200 340 284 328", c.deep, 8),
  ) +
  chin(c) +
  zip(c, 122, 208);

export const childrensJacket: Drawing = (pen, c) => {
  const bright = "#f5f6f2";
  const band = (y: number) =>
    line(`M100 ${y} Q200 ${y + 10} 300 ${y}`, bright, 13) +
    dashes(`M100 ${y} Q200 ${y + 10} 300 ${y}`, "#c3c9cc", 3, "3 5");
  return scaled(
    0.94,
    hood(pen, c, tonesOf(c.base).shade) +
      upper(
        pen,
        c,
        {
          hem: 306,
          waist: 116,
          flare: 104,
          onSleeve: (t) => [line("M66 222 L128 236", bright, 13), line("M56 288 L108 302", t.deep, 12)],
        },
        shape("M188 112 H212 V330 H188Z", c.light),
        seam("M212 118V330 M188 118V330", c),
        band(196),
        flapPocket(c, 126, 236, 48, 48),
        flapPocket(c, 228, 236, 48, 48),
      ) +
      chin(c) +
      [148, 176, 228, 262, 294].map((y) => dot(200, y, 5.5, bright)).join(""),
  );
};
