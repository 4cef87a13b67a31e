import { type Drawing, dashes, dot, line, oval, type Pen, shape, turn } from "./pen.ts";
import { band, gloss, wall } from "./solids.ts";
import { BRASS, inShade, LEATHER, STEEL, type Tones, tonesOf, WOOD } from "./tones.ts";

const ash = tonesOf(WOOD);
const steel = tonesOf(STEEL);
const brass = tonesOf(BRASS);
const _leaf = tonesOf("#6f8f4c");
const upright = (pen: Pen, c: Tones): string =>
  pen.blend([
    [0, c.light],
    [0.45, c.base],
    [1, c.deep],
  ]);

export const trowel: Drawing = (pen, c) =>
  turn(
    38,
    200,
    200,
    line("M182 36 C176 4 224 4 218 36", LEATHER, 5) +
      shape(
        "M178 40 C178 26 222 26 222 40 C228 70 216 84 218 110 L214 152 H186 L182 110 C184 84 172 70 178 40Z",
        upright(pen, ash),
      ) +
      line("M188 44C184 80 192 96 192 140M206 42C212 76 204 100 204 146", ash.deep, 1.8, 0.6) +
      dot(200, 42, 5, ash.line) +
      shape("M184 148 H216 L212 176 H188Z", upright(pen, brass)) +
      line("M200 172 C200 196 196 206 200 226", c.line, 15) +
      line("M198 172 C198 196 194 206 198 226", c.light, 5) +
      pen.body(
        "M168 216 C172 206 228 206 232 216 C238 270 232 330 200 382 C168 330 162 270 168 216Z",
        gloss(pen, c),
        shape("M200 206 C212 270 212 330 200 390 L250 390 L250 206Z", c.deep, 0.4),
        line("M176 244H190M176 264H190M178 284H190M180 304H190M184 324H192", c.line, 2.4),
        line("M200 214V352", c.glow, 4, 0.8),
      ),
  );

export const fork: Drawing = (pen, c) =>
  turn(
    24,
    200,
    200,
    line("M160 34 C152 76 184 72 196 96 M240 34 C248 76 216 72 204 96", ash.deep, 17) +
      line("M160 34 C152 76 184 72 196 96 M240 34 C248 76 216 72 204 96", ash.base, 11) +
      line("M150 30 H250", ash.deep, 21) +
      line("M150 28 H250", ash.light, 12) +
      shape("M190 92 H210 L213 244 H187Z", upright(pen, ash)) +
      shape("M186 196 H214 L212 270 H188Z", gloss(pen, c)) +
      dot(200, 212, 3.5, c.line) +
      dot(200, 232, 3.5, c.line) +
      line(
        "M200 262V284M146 380 V312 C146 284 170 284 200 284 C230 284 254 284 254 312 V380M182 384 V290M218 384 V290",
        c.line,
        14,
      ) +
      line(
        "M200 262V284M145 374 V312 C145 284 170 283 200 283 C230 283 253 284 253 312 V374M181 378 V290M217 378 V290",
        c.light,
        6,
      ),
  );

export const secateurs: Drawing = (pen, c) => {
  const grip = tonesOf("#b5443a");
  return turn(
    -30,
    200,
    200,
    pen.body(
      "M196 192 C168 150 160 96 186 36 C200 60 226 110 218 190Z",
      gloss(pen, c),
      shape("M186 36 C200 60 226 110 218 190 L206 190 C208 120 196 80 186 36Z", "#f3f5f5"),
    ) +
      pen.body(
        "M206 190 C226 160 232 120 226 78 C250 96 252 160 222 206Z",
        c.deep,
        shape("M226 78 C250 96 252 160 222 206 L216 200 C238 160 238 120 226 78Z", c.line),
      ) +
      line("M188 206 C172 250 172 300 190 362", grip.line, 29) +
      line("M188 206 C172 250 172 300 190 362", grip.base, 23) +
      line("M182 222 C168 260 170 300 184 350", grip.glow, 4, 0.6) +
      line("M214 206 C250 240 262 290 250 350", inShade(grip).line, 29) +
      line("M214 206 C250 240 262 290 250 350", grip.shade, 23) +
      line("M210 222 C240 250 250 290 242 340", grip.light, 4, 0.6) +
      dashes("M196 236 l10 -8 l2 12 l10 -8 l2 12 l10 -6", steel.deep, 4, "40 0") +
      dot(202, 198, 21, steel.line) +
      dot(202, 198, 17, steel.base) +
      shape("M196 190 h12 l6 8 l-6 8 h-12 l-6 -8z", steel.deep) +
      dot(198, 194, 4, "#fff", 0.8) +
      line("M184 330 C200 346 224 346 244 330", steel.deep, 4),
  );
};

export const wateringCan: Drawing = (pen, c) => {
  pen.stands(236, 332, 104, 18);
  return (
    line("M286 186 C372 150 386 300 298 300", c.line, 13) +
    line("M286 186 C368 152 380 296 298 298", c.light, 5) +
    line("M176 178 C180 78 280 70 300 178", c.line, 12) +
    line("M178 176 C184 84 276 76 296 174", c.light, 4.5) +
    shape("M172 310 L56 134 L70 124 L176 246Z", gloss(pen, c)) +
    line("M176 204 L104 178", c.deep, 6) +
    shape(wall(154, 184, 156, 134, 20), gloss(pen, c)) +
    band(154, 206, 156, 20, c.deep, 3) +
    band(154, 296, 156, 20, c.deep, 3) +
    oval(232, 184, 78, 20, c.deep) +
    oval(232, 182, 78, 20, c.light) +
    pen.within("M154 182a78 20 0 0 0 156 0Z", oval(240, 186, 66, 12, "#5e6a70")) +
    line("M176 214V300", "#fff", 8, 0.6) +
    turn(
      -36,
      62,
      128,
      shape("M50 132 L30 96 H94 L74 132Z", gloss(pen, brass)) +
        oval(62, 96, 33, 10, brass.glow) +
        dashes("M40 96H86M46 91H80M46 101H80", brass.line, 3, "0 7"),
    ) +
    line("M18 110 q-6 20 -6 36M34 92 q-14 24 -12 58M10 142q-4 20 0 40", "#8cc4dc", 3.5, 0.9)
  );
};
