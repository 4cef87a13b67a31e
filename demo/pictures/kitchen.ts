import { box, type Drawing, dashes, dot, line, oval, type Pen, shape, turn } from "./pen.ts";
import { band, gloss, vessel } from "./solids.ts";
import { BRASS, IRON, STEEL, type Tones, tonesOf } from "./tones.ts";

const iron = tonesOf(IRON);
const steel = tonesOf(STEEL);
const brass = tonesOf(BRASS);
const pear = tonesOf("#8f5a3a");

export const skillet: Drawing = (pen, c) =>
  turn(
    -40,
    200,
    200,
    pen.body(
      "M286 182 C310 184 330 186 372 180 C392 180 396 220 372 220 C330 214 310 216 286 218Z",
      c.base,
      shape("M286 202 C330 204 350 204 400 204 V230 H286Z", c.shade),
    ) +
      oval(370, 200, 10, 8, "#e9dcc8") +
      shape("M78 150 L52 138 L66 120 L94 128Z", c.shade) +
      dot(160, 200, 132, c.base) +
      dot(
        160,
        200,
        132,
        pen.blend(
          [
            [0, c.shade, 0.2],
            [1, c.deep],
          ],
          true,
        ),
      ) +
      dot(160, 200, 118, c.light) +
      dot(160, 202, 114, c.deep) +
      dot(158, 200, 108, c.base) +
      dot(140, 176, 84, pen.shine("#fff", 0.16)) +
      line("M74 170 A92 92 0 0 1 120 118", c.glow, 7, 0.5),
  ) + turn(14, 172, 222, egg(172, 222));
const egg = (x: number, y: number): string =>
  shape(
    `M${x - 48} ${y + 2} C${x - 54} ${y - 34} ${x - 14} ${y - 44} ${x + 8} ${y - 36} C${x + 40} ${y - 40} ${x + 58} ${y - 10} ${x + 44} ${y + 14} C${x + 38} ${y + 40} ${x + 4} ${y + 34} ${x - 10} ${y + 40} C${x - 34} ${y + 42} ${x - 46} ${y + 24} ${x - 48} ${y + 2}Z`,
    "#fbf7ec",
  ) +
  dot(x + 2, y, 21, "#efae35") +
  dot(x - 4, y - 6, 7, "#fbd98a");

export const dutchOven: Drawing = (pen, c) => {
  pen.stands(200, 338, 134, 20);
  return (
    line("M70 186 C30 310 104 250 88 220", c.line, 0) +
    line("M62 182 C60 66 340 66 338 182", c.line, 8) +
    line("M62 182 C60 66 340 66 338 182", c.glow, 2) +
    shape("M110 300 L100 338 H122 L132 308ZM290 300 L300 338 H278 L268 308ZM190 310 L192 346 H212 L214 310Z", c.deep) +
    shape(
      "M66 176 C62 240 80 300 112 316 C160 330 240 330 288 316 C320 300 338 240 334 176Z",
      gloss(pen, { ...c, glow: c.light }),
    ) +
    box(48, 176, 30, 22, 6, c.deep) +
    box(322, 176, 30, 22, 6, c.line) +
    band(74, 220, 252, 34, c.deep, 3) +
    line("M98 214 C100 250 108 276 120 292", c.glow, 7, 0.5) +
    oval(200, 176, 142, 34, c.deep) +
    oval(200, 168, 142, 34, c.light) +
    oval(200, 168, 132, 29, c.base) +
    oval(200, 160, 112, 22, c.shade) +
    oval(196, 156, 96, 16, c.base) +
    line("M168 152 C168 122 232 122 232 152", c.line, 11) +
    line("M170 146 C174 128 222 126 230 144", c.glow, 3, 0.7)
  );
};

export const saucepan: Drawing = (pen, c) => {
  pen.stands(166, 316, 112, 18);
  const copper = tonesOf("#c9744a");
  return (
    line("M268 214 C310 206 340 190 380 178", iron.deep, 17) +
    line("M268 211 C310 203 340 187 378 176", iron.glow, 4, 0.7) +
    dot(374, 180, 4, "#e9dcc8") +
    vessel(pen, c, 56, 176, 224, 104, 28) +
    shape("M56 262a112 28 0 0 0 224 0v30a112 28 0 0 1-224 0z", gloss(pen, copper)) +
    band(56, 262, 224, 28, copper.deep, 2.5) +
    box(262, 200, 20, 30, 5, steel.deep) +
    dot(272, 208, 3, steel.line) +
    dot(272, 222, 3, steel.line) +
    line("M84 210V254", "#fff", 8, 0.7) +
    shape("M56 176 q-14 -4 -18 -10 q12 -6 26 -2z", steel.light) +
    oval(168, 182, 98, 20, "#8f3b2c") +
    oval(160, 181, 76, 13, "#ad4d38") +
    dot(140, 180, 6, "#e7b15c") +
    dot(190, 186, 5, "#6f8f4c") +
    dot(168, 177, 4, "#6f8f4c")
  );
};

const handle = (pen: Pen): string =>
  pen.body(
    "M22 180 C60 174 110 182 142 178 V222 C110 218 80 226 40 226 C20 226 12 216 16 208 C20 198 14 190 22 180Z",
    pear.base,
    shape("M10 204 C60 212 110 204 150 204 V240 H10Z", pear.shade),
    line("M30 190 C70 186 100 194 136 188M40 216 C80 218 100 212 136 214", pear.deep, 2, 0.6),
    line("M30 184 C70 180 100 186 138 182", pear.glow, 3.5, 0.6),
  ) + [48, 84, 120].map((x) => dot(x, 203, 6, brass.base) + dot(x - 2, 201, 2, brass.glow)).join("");
const bladeFill = (pen: Pen, c: Tones): string =>
  pen.blend(
    [
      [0, c.base],
      [0.5, c.light],
      [1, c.glow],
    ],
    true,
  );

export const cooksKnife: Drawing = (pen, c) =>
  turn(
    -34,
    200,
    210,
    pen.body(
      "M140 176 L166 172 C250 172 330 186 390 214 C340 250 240 266 166 262 L160 226 H140Z",
      bladeFill(pen, c),
      shape("M166 248 C240 250 330 238 390 214 V280 H160Z", "#f6f8f8"),
      line("M166 248 C240 250 330 238 384 216", c.shade, 1.8),
      line("M180 180 C250 180 310 190 356 204", c.shade, 3, 0.6),
    ) +
      shape("M138 174 h26 v54 h-26z", gloss(pen, steel)) +
      handle(pen),
  );

export const breadKnife: Drawing = (pen, c) => {
  const teeth = "q8 11 16 0".repeat(13);
  return turn(
    -34,
    200,
    210,
    pen.body(
      `M140 178 L164 176 H372 C386 178 392 196 386 208 C384 220 378 226 376 228 L168 228 H140Z`,
      bladeFill(pen, c),
      line("M180 188H366", c.shade, 3, 0.6),
      shape("M140 218H390V232H140Z", "#f6f8f8"),
    ) +
      shape(`M168 227${teeth}H168Z`, "#f6f8f8") +
      line(`M168 227${teeth}`, c.shade, 2) +
      shape("M138 174 h28 v56 h-28z", gloss(pen, steel)) +
      handle(pen),
  );
};

export const choppingBoard: Drawing = (pen, c) => {
  const tiles = [0, 1, 2, 3, 4, 5].flatMap((row) => [0, 1, 2, 3, 4, 5, 6, 7].map((column) => [row, column] as const));
  return turn(
    -6,
    200,
    200,
    box(50, 92, 300, 232, 14, c.deep) +
      pen.within(
        "M64 84H336Q350 84 350 98V302Q350 314 336 314H64Q50 314 50 302V98Q50 84 64 84Z",
        box(50, 84, 300, 232, 0, c.base),
        tiles
          .map(([row, column]) =>
            (row * 3 + column * 5) % 7 < 4
              ? box(
                  50 + column * 40 - (row % 2) * 20,
                  84 + row * 39,
                  40,
                  39,
                  0,
                  [c.light, c.shade, c.glow, c.base][(row + column * 3) % 4] as string,
                  0.75,
                )
              : "",
          )
          .join(""),
        dashes("M60 104H344M54 143H346M60 182H346M54 221H346M60 260H346M54 298H346", c.deep, 1.5, "6 12", 0.5),
      ) +
      line("M78 100H322Q334 100 334 112V286Q334 298 322 298H78Q66 298 66 286V112Q66 100 78 100Z", c.deep, 6, 0.8) +
      line("M78 103H322Q331 103 331 112", c.line, 2, 0.5) +
      sprig(),
  );
};
const sprig = (): string =>
  dot(240, 230, 34, "#c23b34") +
  dot(230, 219, 14, "#e0756c", 0.6) +
  shape("M240 200 l6 8 l12 -2 l-6 9 l8 8 l-12 0 l-6 10 l-5 -10 l-12 1 l8 -9 l-6 -9 l11 2z", "#5f7d42") +
  dot(180, 252, 26, "#d0463c") +
  dot(173, 244, 10, "#e78e84", 0.6) +
  shape("M180 232 l4 6 l9 -1 l-5 7 l5 6 l-8 0 l-5 7 l-4 -7 l-9 0 l6 -6 l-5 -7 l8 1z", "#5f7d42");
