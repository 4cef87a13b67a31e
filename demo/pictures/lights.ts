import { box, type Drawing, dashes, dot, line, oval, ring, shape, stitch, turn } from "./pen.ts";
import { band, drum, flame, gloss, matt, wall } from "./solids.ts";
import { BRASS, CREAM, IRON, type Tones, tonesOf } from "./tones.ts";

const WARM = "#ffe7a3";
const iron = tonesOf(IRON);
const brass = tonesOf(BRASS);

export const headlamp: Drawing = (pen, c) => {
  const strap = "M86 214 C70 120 140 76 214 78 C296 80 344 130 322 206 C318 222 306 236 296 244";
  const front = "M86 214 C96 270 150 296 200 296 C246 296 278 280 300 244";
  return (
    line(strap, c.deep, 40) +
    stitch(
      "M70 210 C56 110 130 60 214 61 C310 62 360 130 338 212 M102 214 C90 140 144 94 214 95 C280 97 320 140 306 200",
      c,
    ) +
    line("M200 80 C206 130 214 190 206 240", c.deep, 22) +
    dashes("M200 80 C206 130 214 190 206 240", c.light, 1.8, "5 5") +
    line(front, c.base, 44) +
    dashes(
      "M84 236 C104 286 150 314 200 314 C250 314 284 296 306 262 M106 216 C114 256 156 278 200 278 C240 278 266 266 284 240",
      c.glow,
      1.8,
      "5 5",
    ) +
    turn(-34, 109, 283, box(96, 258, 26, 50, 5, iron.deep)) +
    box(134, 222, 132, 104, 30, iron.line) +
    box(134, 218, 132, 100, 30, iron.base) +
    box(140, 222, 120, 44, 24, iron.light, 0.7) +
    dot(186, 268, 38, pen.shine(WARM, 0.95)) +
    dot(186, 268, 30, iron.line) +
    dot(186, 268, 25, "#f6f1df") +
    dot(186, 268, 25, pen.shine(WARM)) +
    dot(186, 268, 11, "#fff") +
    ring(186, 268, 19, "#e2d8ba", 2) +
    dot(240, 268, 13, "#c33f37") +
    dot(236, 264, 4, "#ef9a92") +
    box(168, 206, 64, 16, 8, c.base) +
    box(174, 208, 40, 5, 3, c.glow)
  );
};

export const lantern: Drawing = (pen, c) => {
  pen.stands(200, 336, 84, 16);
  const glow = pen.shine(WARM, 0.9);
  return (
    dot(200, 204, 190, glow, 0.55) +
    line("M146 118 C140 22 260 22 254 118", c.line, 7) +
    line("M146 118 C140 22 260 22 254 118", c.light, 2) +
    drum(pen, c, 142, 106, 116, 26, 14, matt(pen, c)) +
    oval(200, 102, 34, 8, c.deep) +
    drum(pen, c, 170, 86, 60, 16, 8, matt(pen, c)) +
    pen.body(
      wall(134, 134, 132, 118, 15),
      "#fdf3d3",
      dot(196, 196, 96, pen.shine("#ffd36a", 0.95)),
      dot(196, 196, 42, "#fffdf2", 0.9),
      shape("M238 120h40v150h-52z", "#caa35a", 0.22),
      box(144, 142, 10, 104, 5, "#fff", 0.7),
    ) +
    band(134, 134, 132, 15, c.deep, 6) +
    drum(pen, c, 130, 252, 140, 70, 16, matt(pen, c)) +
    oval(200, 252, 62, 11, "#fdf3d3") +
    band(130, 268, 140, 16, c.glow, 2.5) +
    box(182, 286, 36, 26, 13, c.line) +
    dot(192, 299, 7, WARM)
  );
};

export const stringLights: Drawing = (pen) => {
  pen.stands(206, 352, 92, 14);
  const bulbs = [
    [40, 116],
    [82, 148],
    [128, 162],
    [174, 154],
    [214, 128],
    [246, 92],
    [286, 126],
    [326, 146],
    [368, 138],
  ] as const;
  const wire = "M0 66 C40 146 130 164 190 142 C224 126 236 96 244 66 C268 128 330 152 400 112";
  const glow = pen.shine("#ffe39a", 0.95);
  return (
    bulbs.map(([x, y]) => dot(x, y + 16, 46, glow)).join("") +
    line(wire, "#41504a", 4) +
    bulbs
      .map(
        ([x, y]) =>
          box(x - 7, y - 12, 14, 16, 3, "#41504a") + dot(x, y + 16, 17, "#ffd97a") + dot(x - 3, y + 13, 9, "#fffbe8"),
      )
      .join("") +
    line("M244 66 C238 40 262 40 258 60", "#41504a", 4) +
    spool(
      pen.blend([
        [0, "#e8835a"],
        [0.5, "#c8603a"],
        [1, "#8f4228"],
      ]),
    )
  );
};
const spool = (fill: string): string =>
  line("M276 330 C330 336 352 300 330 268 C318 250 346 236 372 250", "#41504a", 4) +
  oval(200, 338, 84, 17, "#2e3833") +
  shape(wall(136, 268, 128, 66, 13), "#41504a") +
  dashes(
    "M138 282a63 12 0 0 0 124 0M138 296a63 12 0 0 0 124 0M138 310a63 12 0 0 0 124 0M138 324a63 12 0 0 0 124 0",
    "#64776f",
    4,
    "14 3",
  ) +
  shape(wall(116, 246, 168, 20, 17), fill) +
  oval(200, 246, 84, 17, "#e8835a") +
  oval(200, 246, 26, 6, "#8f4228") +
  dot(252, 250, 4, WARM);

export const candleLantern: Drawing = (pen, c) => {
  pen.stands(200, 342, 74, 14);
  const post = (x: number) => line(`M${x} 130V304`, c.deep, 7) + line(`M${x - 1} 130V304`, c.glow, 2);
  return (
    dot(200, 200, 170, pen.shine(WARM, 0.55)) +
    line("M160 108 C130 20 270 20 240 108", c.deep, 6) +
    line("M160 108 C130 20 270 20 240 108", c.light, 2) +
    shape("M150 130 C150 104 174 96 184 86 H216 C226 96 250 104 250 130Z", gloss(pen, c)) +
    dashes("M166 116H236", c.line, 7, "0 14") +
    box(180, 74, 40, 14, 5, c.base) +
    pen.body(
      wall(146, 136, 108, 160, 13),
      "#f8edcf",
      dot(200, 190, 100, pen.shine("#ffc95a", 0.85)),
      box(180, 226, 40, 90, 4, CREAM),
      box(204, 226, 16, 90, 4, "#dccaa0"),
      oval(200, 226, 20, 5, "#fff8e2"),
      line("M200 224V212", iron.line, 3),
      flame(200, 214, 56),
      box(154, 140, 10, 152, 5, "#fff", 0.65),
      shape("M236 130h20v180h-30z", "#a8813a", 0.2),
    ) +
    post(146) +
    post(254) +
    band(146, 134, 108, 13, c.deep, 8) +
    band(146, 134, 108, 13, c.light, 3) +
    drum(pen, c, 138, 298, 124, 32, 15) +
    band(138, 312, 124, 15, c.deep, 2)
  );
};

export const beeswaxCandles: Drawing = (pen, c) => {
  pen.stands(204, 330, 142, 20);
  const paper = tonesOf("#7d8a63");
  const candle = (x: number, y: number, t: Tones) =>
    line(`M${x} ${y - 2}V${y - 18}`, "#5a4a36", 3) +
    shape(wall(x - 15, y, 30, 150, 5), matt(pen, t)) +
    oval(x, y, 15, 5, t.glow);
  return (
    [0, 1, 2, 3, 4, 5].map((at) => candle(100 + at * 41, 96 + (at % 2) * 12, c)).join("") +
    pen.body(
      "M70 190 H326 V322 H70Z",
      paper.base,
      shape("M286 180H330V330H286Z", paper.shade),
      shape("M70 190H326V206H70Z", paper.deep),
      box(146, 222, 104, 78, 6, CREAM),
      ...HONEYCOMB.map(([x, y]) => shape(`M${x} ${y - 13}l11 6.500v13l-11 6.500l-11-6.500v-13z`, c.base)),
      stitch("M76 314H320", paper),
    ) +
    shape("M326 190 L350 180 V308 L326 322Z", paper.deep)
  );
};
const HONEYCOMB = [
  [186, 248],
  [210, 248],
  [174, 269],
  [198, 269],
  [222, 269],
] as const;

export const readingLamp: Drawing = (pen, c) => {
  pen.stands(170, 344, 92, 16);
  return (
    shape(
      "M250 172 L120 330 H330 L322 180Z",
      pen.blend(
        [
          [0, "#fff3c4", 0.85],
          [1, "#fff3c4", 0],
        ],
        true,
      ),
    ) +
    line("M164 328 L132 204 L236 92", c.deep, 11) +
    line("M162 328 L130 204 L234 90", c.glow, 4) +
    dot(132, 204, 13, c.base) +
    dot(130, 202, 6, c.deep) +
    drum(pen, iron, 96, 318, 138, 16, 14, matt(pen, iron)) +
    drum(pen, c, 146, 306, 36, 14, 5) +
    shape(
      "M222 76 C244 60 272 72 284 92 L338 160 C310 190 256 206 226 196Z",
      pen.blend([
        [0, "#5d8272"],
        [0.5, "#3f6657"],
        [1, "#2b493e"],
      ]),
    ) +
    shape("M338 160 C344 176 306 202 262 206 C240 208 224 206 226 196 C256 200 312 184 338 160Z", WARM) +
    shape("M222 76 C212 100 214 150 226 196 L240 194 C230 150 232 100 240 70Z", "#8fb3a2", 0.6) +
    dot(236, 92, 12, brass.base) +
    dot(234, 90, 5, brass.glow) +
    dot(206, 322, 6, brass.glow)
  );
};
