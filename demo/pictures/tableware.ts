import { type Drawing, dashes, dot, line, oval, ring, shape, turn } from "./pen.ts";
import { band, gloss, matt, wall } from "./solids.ts";
import { BRASS, IRON, STEEL, type Tones, tonesOf } from "./tones.ts";

const iron = tonesOf(IRON);
const steel = tonesOf(STEEL);
const _brass = tonesOf(BRASS);
const _pear = tonesOf("#8f5a3a");

/** Glaze that breaks at the rim and shows the clay. */
const CLAY = tonesOf("#b08968");
const speckles = (c: Tones, places: readonly (readonly [number, number])[]): string =>
  places.map(([x, y], at) => dot(x, y, 1.4 + (at % 3) * 0.6, c.line, 0.45)).join("");

export const bowl: Drawing = (pen, c) => {
  pen.stands(200, 322, 96, 18);
  return (
    shape("M144 300 H256 L250 322 A50 9 0 0 1 150 322Z", matt(pen, CLAY)) +
    pen.body(
      "M48 160 C52 236 100 306 152 308 H248 C300 306 348 236 352 160Z",
      matt(pen, c),
      shape("M90 290 C140 280 260 280 310 290 V320 H90Z", CLAY.base, 0.55),
      line("M78 206 C92 250 118 278 146 290", c.glow, 9, 0.7),
      speckles(c, [
        [120, 220],
        [180, 240],
        [236, 214],
        [290, 230],
        [150, 268],
        [220, 276],
        [266, 258],
        [316, 196],
        [94, 196],
      ]),
    ) +
    oval(200, 160, 152, 40, CLAY.base) +
    oval(200, 159, 147, 37, c.light) +
    oval(200, 162, 138, 32, c.shade) +
    pen.within(
      "M62 162a138 32 0 0 0 276 0a138 32 0 0 0-276 0",
      oval(206, 178, 120, 26, c.base),
      oval(212, 186, 90, 16, c.light, 0.7),
      line("M90 154 C120 138 160 132 200 132", c.deep, 6, 0.4),
    )
  );
};

export const plate: Drawing = (pen, c) =>
  dot(200, 200, 150, CLAY.base) +
  dot(199, 199, 146, c.base) +
  dot(
    200,
    200,
    146,
    pen.blend(
      [
        [0, c.glow, 0.8],
        [0.5, c.base, 0],
        [1, c.deep, 0.6],
      ],
      true,
    ),
  ) +
  ring(200, 200, 132, c.light, 3) +
  dot(200, 200, 104, c.shade) +
  dot(203, 204, 101, c.base) +
  dot(206, 208, 92, c.light, 0.6) +
  ring(204, 206, 62, c.light, 2, 0.8) +
  ring(204, 206, 36, c.light, 2, 0.6) +
  line("M82 150 A128 128 0 0 1 150 82", c.glow, 9, 0.9) +
  speckles(c, [
    [110, 190],
    [150, 140],
    [240, 120],
    [290, 180],
    [270, 270],
    [200, 300],
    [130, 260],
    [190, 210],
    [236, 196],
    [166, 236],
    [310, 236],
    [90, 240],
    [220, 76],
  ]);

export const coffeeCone: Drawing = (pen, c) => {
  pen.stands(196, 352, 88, 16);
  const glass =
    "M134 236 H256 C282 256 292 292 286 330 C284 346 272 352 258 352 H132 C118 352 106 346 104 330 C98 292 108 256 134 236Z";
  return (
    line("M284 120 C340 112 336 190 268 178", c.deep, 17) +
    line("M284 120 C336 114 332 184 268 174", c.base, 10) +
    pen.body(
      glass,
      "#dfe9ea",
      shape("M90 286 C140 278 250 278 300 286 V360 H90Z", "#4a2d1c"),
      oval(195, 286, 100, 8, "#6f4830"),
      shape("M118 256 C108 290 112 320 122 344 L136 344 C126 320 124 290 134 252Z", "#fff", 0.55),
    ) +
    line("M195 240V282", "#6f4830", 4) +
    pen.body(
      "M74 96 L160 216 H232 L318 96Z",
      matt(pen, c),
      line(
        "M118 110 C150 150 168 180 178 214M166 106 C184 150 192 180 196 214M216 106 C214 150 212 180 212 214M272 108 C248 150 232 180 226 214",
        c.shade,
        4,
      ),
      line("M98 118 L160 204", c.glow, 7),
    ) +
    shape("M116 212 H276 C284 212 284 230 276 230 H116 C108 230 108 212 116 212Z", c.base) +
    shape("M196 212 H276 C284 212 284 230 276 230 H196Z", c.shade) +
    line("M120 216H190", c.glow, 4) +
    oval(196, 96, 122, 28, c.light) +
    oval(196, 97, 114, 24, "#e2cfae") +
    oval(196, 102, 100, 18, "#5a3a26") +
    oval(188, 101, 70, 10, "#744d34") +
    line("M180 84 q-10 -14 0 -26 q10 -14 0 -28 M212 84 q-10 -14 0 -26 q10 -14 0 -28", "#fff", 5, 0.8)
  );
};

export const coffeeMill: Drawing = (pen, c) => {
  pen.stands(190, 352, 62, 14);
  const walnut = tonesOf("#6b4630");
  return (
    line("M190 76 C230 60 260 56 296 66", steel.deep, 11) +
    line("M190 74 C230 58 260 54 294 64", steel.glow, 3.5) +
    line("M300 66V50", steel.deep, 6) +
    shape("M284 48 C280 26 292 14 302 14 C314 14 324 26 318 48Z", walnut.base) +
    shape("M302 14 C314 14 324 26 318 48 H302Z", walnut.deep) +
    dot(190, 74, 13, steel.base) +
    dot(187, 71, 5, steel.glow) +
    shape("M136 112 C136 92 160 86 190 86 C220 86 244 92 244 112Z", gloss(pen, steel)) +
    shape(wall(136, 112, 108, 112, 12), gloss(pen, c)) +
    band(136, 118, 108, 12, c.deep, 2) +
    shape(wall(132, 206, 116, 30, 13), gloss(pen, iron)) +
    dashes("M140 226a56 12 0 0 0 100 0", iron.glow, 12, "2 6", 0.6) +
    shape(wall(138, 240, 104, 100, 12), matt(pen, walnut)) +
    line("M156 256V334M176 258V340M204 260V342M226 256V334", walnut.deep, 2, 0.6) +
    band(138, 240, 104, 12, walnut.line, 3) +
    [
      [290, 338],
      [316, 344],
      [300, 352],
      [334, 350],
      [276, 350],
    ]
      .map(([x = 0, y = 0], at) =>
        turn(at * 40, x, y, oval(x, y, 11, 7.5, "#5a3723"), line(`M${x - 9} ${y} q9 4 18 0`, "#3a2216", 2)),
      )
      .join("")
  );
};

export const teapot: Drawing = (pen, c) => {
  pen.stands(194, 326, 112, 18);
  return (
    line("M92 200 C18 170 20 300 104 284", c.line, 21) +
    line("M92 200 C24 174 26 292 104 282", c.base, 14) +
    line("M84 198 C52 190 40 214 42 238", c.glow, 4, 0.6) +
    shape("M276 260 C320 256 318 190 356 160 L378 172 C352 206 354 290 284 300Z", matt(pen, c)) +
    oval(367, 166, 13, 6, c.line) +
    shape(
      "M194 144 C120 144 78 190 78 240 C78 292 124 322 150 326 H238 C264 322 310 292 310 240 C310 190 268 144 194 144Z",
      gloss(pen, c),
    ) +
    shape("M130 320 H258 L250 332 H138Z", CLAY.deep) +
    line("M106 238 C108 204 130 178 160 168", "#fff", 11, 0.55) +
    line("M104 258 q1 10 5 18", "#fff", 9, 0.45) +
    line("M84 266 C120 296 268 296 304 266", c.line, 2.5, 0.5) +
    oval(194, 154, 62, 14, c.line) +
    shape("M134 152 C138 126 170 120 194 120 C218 120 250 126 254 152 A60 11 0 0 1 134 152Z", gloss(pen, c)) +
    dot(194, 110, 15, c.base) +
    dot(189, 105, 5, c.glow) +
    line("M354 146 q-10 -12 0 -24 q8 -12 0 -24", "#fff", 5, 0.7)
  );
};
