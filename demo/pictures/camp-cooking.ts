import { box, type Drawing, dashes, dot, line, mirrored, move, oval, type Pen, ring, shape, turn } from "./pen.ts";
import { band, drum, flame, gloss, matt, vessel, wall } from "./solids.ts";
import { BRASS, IRON, STEEL, type Tones, tonesOf, WOOD } from "./tones.ts";

const steel = tonesOf(STEEL);
const brass = tonesOf(BRASS);
const iron = tonesOf(IRON);
const BLUE = ["#5aa7d8", "#d6f0fb"] as const;

/** A gas cartridge; its valve is at (x, y). */
const cartridge = (pen: Pen, c: Tones, x: number, y: number): string =>
  shape(
    `M${x - 74} ${y + 38} C${x - 70} ${y + 16} ${x - 30} ${y + 12} ${x - 16} ${y} H${x + 16} C${x + 30} ${y + 12} ${x + 70} ${y + 16} ${x + 74} ${y + 38}Z`,
    gloss(pen, steel),
  ) +
  shape(`M${x - 78} ${y + 36}h156v66a78 14 0 0 1 -156 0z`, matt(pen, c)) +
  shape(`M${x - 78} ${y + 62}a78 12 0 0 0 156 0v22a78 12 0 0 1 -156 0z`, "#f4ecda", 0.9) +
  band(x - 78, y + 36, 156, 10, steel.glow, 4) +
  flame(x, y + 98, 18, c.deep, c.base);

export const gasStove: Drawing = (pen, c) => {
  pen.stands(200, 322, 96, 16);
  const arm = (d: string) => line(d, steel.line, 9) + line(d, steel.light, 5);
  return (
    cartridge(pen, c, 200, 216) +
    box(186, 184, 28, 36, 3, gloss(pen, brass)) +
    line("M186 196H214M186 206H214", brass.deep, 2) +
    line("M214 202H262", steel.base, 5) +
    ring(272, 202, 11, steel.deep, 4) +
    arm("M196 178 L128 150 L112 106") +
    arm("M204 178 L272 150 L288 106") +
    box(180, 150, 40, 38, 5, gloss(pen, steel)) +
    oval(200, 148, 40, 10, steel.deep) +
    oval(200, 144, 40, 10, gloss(pen, steel)) +
    [168, 184, 200, 216, 232].map((x, at) => flame(x, 142 + (at % 2) * 4, at === 2 ? 52 : 40, ...BLUE)).join("") +
    arm("M200 184 V158") +
    arm("M112 106 l14 4 M288 106 l-14 4")
  );
};

export const stoveSystem: Drawing = (pen, c) => {
  pen.stands(200, 344, 92, 16);
  return (
    move(0, 26, cartridge(pen, tonesOf("#7c8a90"), 200, 212)) +
    box(176, 214, 48, 34, 4, gloss(pen, iron)) +
    line("M224 232H268", steel.base, 5) +
    box(262, 222, 22, 20, 5, "#c8603a") +
    shape(wall(146, 186, 108, 32, 10), gloss(pen, iron)) +
    dashes("M154 208H250", "#f0a23c", 10, "6 9") +
    pen.body(
      wall(140, 60, 120, 128, 12),
      matt(pen, c),
      line("M140 84a60 12 0 0 0 120 0M140 168a60 12 0 0 0 120 0", c.line, 3),
      dashes("M140 92a60 12 0 0 0 120 0M140 162a60 12 0 0 0 120 0", c.glow, 1.8, "5 5"),
      flame(200, 152, 42, c.deep, c.light),
    ) +
    line("M256 90 C304 88 304 162 256 160", iron.base, 11) +
    line("M256 90 C304 88 304 162 256 160", iron.light, 3) +
    oval(200, 60, 66, 14, iron.base) +
    oval(200, 55, 66, 14, iron.light) +
    oval(200, 54, 54, 10, iron.base) +
    box(186, 34, 28, 16, 5, iron.deep) +
    dot(166, 56, 4, iron.line)
  );
};

export const twigStove: Drawing = (pen) => {
  pen.stands(200, 316, 96, 16);
  const twig = (d: string) => line(d, "#6d5238", 10) + line(d, "#8f6f4d", 4);
  const left = mirrored("M200 150 L124 150 L104 312 L200 318");
  return (
    flame(172, 160, 84) +
    flame(226, 160, 92) +
    flame(200, 162, 118) +
    twig("M150 160L138 86") +
    twig("M246 158L270 92") +
    twig("M196 160L184 72") +
    pen.body(
      left,
      gloss(pen, steel),
      shape("M212 140 L220 330 L310 330 L290 140Z", steel.shade),
      shape("M164 312 V256 a36 36 0 0 1 72 0 V320Z", "#3a2a22"),
      shape("M172 316 V262 a28 28 0 0 1 56 0 V320Z", "#d9702f"),
      flame(200, 316, 54),
      [136, 160, 184, 208, 232, 256].map((x) => dot(x, 180, 6, iron.line) + dot(x, 204, 6, iron.line)).join(""),
      line("M120 150 H290", steel.glow, 8),
    ) +
    line("M124 150 L104 312", steel.glow, 4) +
    line("M276 150 L296 312", steel.line, 4) +
    line("M124 150v-14h18v14M258 150v-14h18v14", steel.deep, 5) +
    twig("M150 304 L60 326") +
    twig("M164 310 L92 338")
  );
};

export const spiritBurner: Drawing = (pen, c) => {
  pen.stands(180, 312, 110, 18);
  pen.stands(318, 322, 48, 10);
  return (
    flame(150, 218, 92, ...BLUE) +
    flame(206, 218, 96, ...BLUE) +
    flame(178, 222, 128, "#f0a23c", "#fbe29a") +
    shape("M98 222 C98 260 104 296 112 304 A66 16 0 0 0 244 304 C252 296 258 260 258 222Z", gloss(pen, c)) +
    oval(178, 222, 80, 20, c.glow) +
    oval(178, 223, 70, 16, c.line) +
    oval(178, 226, 48, 10, "#d9702f") +
    oval(178, 227, 30, 6, "#fbe29a") +
    dashes("M104 240a76 18 0 0 0 148 0", c.line, 7, "0 19") +
    band(108, 276, 140, 16, c.deep, 3) +
    drum(pen, c, 276, 296, 84, 22, 10) +
    oval(318, 296, 30, 6, c.base) +
    ring(318, 294, 9, c.deep, 3)
  );
};

export const potSet: Drawing = (pen, c) => {
  pen.stands(190, 318, 130, 20);
  const pot = (x: number, y: number, w: number, h: number, ry: number) =>
    vessel(pen, c, x, y, w, h, ry, matt(pen, c)) + line(`M${x + 10} ${y + 26}V${y + h - 8}`, c.glow, 5, 0.6);
  return (
    pot(76, 202, 216, 104, 26) +
    pot(100, 150, 168, 62, 20) +
    band(76, 202, 216, 26, c.light, 5) +
    drum(pen, c, 112, 112, 144, 26, 17, matt(pen, c)) +
    oval(184, 112, 60, 12, c.base) +
    line("M184 104 v-14", steel.deep, 6) +
    oval(184, 86, 20, 7, "#c8603a") +
    line("M286 226 L366 196", steel.deep, 13) +
    line("M286 226 L366 196", steel.light, 5) +
    line("M322 212 L368 195", "#c8603a", 15) +
    box(276, 216, 18, 28, 4, steel.deep)
  );
};

export const kettle: Drawing = (pen, c) => {
  pen.stands(190, 314, 128, 20);
  return (
    line("M100 190 C100 60 280 60 280 190", steel.line, 12) +
    line("M100 190 C100 60 280 60 280 190", steel.light, 5) +
    line("M140 108 C164 90 216 90 240 108", WOOD, 18) +
    line("M144 103 C166 87 210 87 232 100", tonesOf(WOOD).glow, 4) +
    shape("M276 232 C312 226 318 190 344 170 L362 180 C344 210 340 262 280 276Z", gloss(pen, c)) +
    oval(354, 174, 13, 6, c.line) +
    shape(
      "M62 262 C62 210 110 182 190 182 C270 182 318 210 318 262 C318 286 310 304 296 308 C240 322 140 322 84 308 C70 304 62 286 62 262Z",
      gloss(pen, c),
    ) +
    line("M66 286 C130 306 250 306 314 286", c.deep, 3) +
    line("M96 240 C104 216 130 202 156 196", "#fff", 7, 0.75) +
    oval(190, 190, 72, 16, c.deep) +
    oval(190, 185, 70, 15, c.light) +
    oval(190, 183, 52, 9, c.base) +
    line("M190 180V168", c.deep, 6) +
    dot(190, 160, 12, iron.base) +
    dot(187, 157, 4, iron.glow) +
    dot(100, 194, 7, iron.base) +
    dot(280, 194, 7, iron.base)
  );
};

export const mug: Drawing = (pen, c) => {
  pen.stands(190, 318, 104, 18);
  return (
    line("M272 170 C350 160 350 276 268 268", c.shade, 22) +
    line("M272 170 C350 160 350 276 268 268", c.base, 15) +
    line("M276 168 C336 160 342 250 300 264", c.light, 4) +
    shape("M92 130 L104 300 A86 18 0 0 0 276 300 L288 130Z", matt(pen, c)) +
    line("M116 166 L124 286", c.glow, 10, 0.6) +
    [
      [150, 210],
      [236, 236],
      [190, 272],
      [252, 186],
      [140, 262],
      [206, 190],
    ]
      .map(([x = 0, y = 0], at) => dot(x, y, 2 + (at % 3), c.glow, 0.8))
      .join("") +
    oval(190, 130, 98, 24, "#eef0ee") +
    oval(190, 130, 98, 24, steel.base, 0.5) +
    oval(190, 131, 90, 20, "#f7f3e8") +
    oval(190, 140, 78, 13, "#5a3b27") +
    oval(180, 139, 50, 6, "#754f35") +
    shape("M102 134 A90 20 0 0 0 278 134 A92 26 0 0 1 102 134Z", "#d9d4c6", 0.7)
  );
};

export const spoon: Drawing = (pen, c) =>
  turn(
    38,
    200,
    200,
    shape(
      "M191 150 L194 356 C194 372 206 372 206 356 L209 150Z",
      pen.blend([
        [0, c.light],
        [0.5, c.base],
        [1, c.deep],
      ]),
    ) +
      oval(200, 352, 3.4, 5, c.line) +
      pen.body(
        "M200 20 C228 20 238 60 236 92 C234 128 214 150 210 172 H190 C186 150 166 128 164 92 C162 60 172 20 200 20Z",
        gloss(pen, tonesOf("#ccd2d4")),
        shape(
          "M200 32 C220 32 228 64 226 92 C224 122 208 138 200 140 C192 138 176 122 174 92 C172 64 180 32 200 32Z",
          steel.shade,
        ),
        shape("M184 50 C178 74 180 104 190 122 C190 96 190 70 200 46Z", "#fff", 0.7),
      ) +
      line("M196 200V330", c.glow, 3, 0.8),
  );

export const washingUpBowl: Drawing = (pen, c) => {
  pen.stands(200, 314, 134, 20);
  const frame = tonesOf("#e9e4d8");
  const ringAt = (x: number, y: number, ry: number, h: number, t: Tones) =>
    shape(wall(x, y, 400 - 2 * x, h, ry), matt(pen, t));
  const inner = tonesOf(c.shade);
  return (
    line("M56 176 C24 172 24 206 62 206", frame.shade, 14) +
    line("M344 176 C376 172 376 206 338 206", frame.deep, 14) +
    ringAt(112, 284, 18, 18, frame) +
    ringAt(94, 254, 24, 28, inner) +
    ringAt(80, 220, 28, 30, c) +
    ringAt(64, 186, 32, 30, inner) +
    oval(200, 176, 152, 38, frame.base) +
    band(48, 176, 304, 38, frame.shade, 4) +
    oval(200, 176, 138, 31, c.deep) +
    pen.within(
      "M62 176a138 31 0 0 0 276 0a138 31 0 0 0-276 0",
      oval(200, 192, 120, 26, "#9fd0d8"),
      oval(196, 190, 96, 16, "#c4e6ea"),
      dot(150, 186, 13, "#fff", 0.85),
      dot(172, 192, 9, "#fff", 0.85),
      dot(136, 194, 8, "#fff", 0.85),
      dot(244, 190, 11, "#fff", 0.8),
      dot(262, 196, 7, "#fff", 0.8),
      dot(188, 184, 6, "#fff", 0.8),
    )
  );
};
