import { box, type Drawing, dashes, dot, line, shape, turn } from "./pen.ts";
import { CREAM, tonesOf } from "./tones.ts";

const gold = tonesOf("#dcae52");

const hills = (y: number, colours: readonly string[]): string =>
  colours
    .map((colour, at) =>
      shape(
        `M40 ${y + at * 22} C100 ${y - 26 + at * 22} 150 ${y + 16 + at * 22} 210 ${y - 8 + at * 22} C260 ${y - 28 + at * 22} 310 ${y + 10 + at * 22} 370 ${y - 12 + at * 22} V420 H40Z`,
        colour,
      ),
    )
    .join("");

/** It comes by e-mail: a card half out of its envelope. */
export const giftCard: Drawing = (pen, c) => {
  const paper = tonesOf(CREAM);
  return turn(
    -5,
    200,
    200,
    shape("M50 176 L200 76 L350 176 V336 C350 342 346 346 340 346 H60 C54 346 50 342 50 336Z", paper.shade) +
      shape("M50 176 L200 76 L350 176 L200 270Z", paper.deep, 0.6) +
      pen.body(
        "M84 70 H316 C324 70 328 76 328 82 V300 H72 V82 C72 76 76 70 84 70Z",
        c.base,
        dot(270, 118, 26, gold.light),
        hills(190, [c.shade, c.deep, c.line]),
        shape("M130 66 H152 V310 H130Z", gold.base),
        shape("M144 66 H152 V310 H144Z", gold.shade),
        line("M180 104H232M180 122H214", c.glow, 8),
      ) +
      line("M141 122 C110 84 84 112 141 124 C198 112 172 84 141 122", gold.deep, 13) +
      line("M141 122 C110 84 84 112 141 124 C198 112 172 84 141 122", gold.light, 8) +
      line("M141 124 L118 156M141 124 L164 158", gold.base, 9) +
      dot(141, 123, 9, gold.base) +
      dot(139, 121, 3.5, gold.glow) +
      shape(
        "M50 180 L186 268 C194 274 206 274 214 268 L350 180 V336 C350 342 346 346 340 346 H60 C54 346 50 342 50 336Z",
        paper.base,
      ) +
      shape("M214 268 L350 180 V336 C350 342 346 346 340 346 H280Z", paper.shade) +
      shape(
        "M54 342 L186 250 C194 244 206 244 214 250 L346 342 C344 346 342 346 340 346 H60 C58 346 56 346 54 342Z",
        paper.glow,
      ) +
      line("M54 342 L186 250 C194 244 206 244 214 250 L346 342", paper.deep, 2.5, 0.6) +
      dot(200, 292, 22, "#b5443a") +
      dot(200, 292, 16, "#9a352d") +
      line("M193 292 l5 6 l10 -12", "#f0c9b8", 4),
  );
};

/** A printed guide, and a leaf of it with a walk on the map. */
export const walkingGuide: Drawing = (pen, c) =>
  turn(
    9,
    200,
    200,
    pen.body(
      "M196 66 H336 V316 H196Z",
      "#f7f2e2",
      shape("M210 170 C250 140 280 180 330 150 V310 H210Z", "#d6e0b4"),
      line("M206 250 C240 230 270 260 340 220", "#7fb0c8", 6),
      dashes("M220 290 C260 270 240 220 280 200 C310 184 290 140 316 110", "#c0392f", 4, "8 7"),
      dot(220, 290, 6, "#c0392f"),
      shape("M316 104 l-8 -16 a9 9 0 1 1 16 0z", "#c0392f"),
      line("M212 84H290M212 98H270", "#9aa09a", 4),
    ),
  ) +
  turn(
    -6,
    180,
    210,
    shape("M84 68 H288 V346 H84Z", c.line) +
      shape("M90 74 H292 V350 H90Z", "#f4efe0") +
      line("M290 80V346M286 80V346", "#cfc8b4", 1.5) +
      pen.body(
        "M76 60 H278 C282 60 284 62 284 66 V336 C284 340 282 342 278 342 H76Z",
        c.base,
        dot(222, 150, 30, "#f3d089"),
        hills(196, ["#8fae8f", "#6f957a", "#4f7a63", "#385a4a"]),
        line("M160 342 C150 310 220 300 190 276 C166 258 216 250 204 230 C198 220 206 214 208 208", CREAM, 9),
        dashes(
          "M160 342 C150 310 220 300 190 276 C166 258 216 250 204 230 C198 220 206 214 208 208",
          gold.deep,
          2.5,
          "6 6",
        ),
        shape("M112 262 v-14 h-12 l18 -26 h-9 l16 -24 l16 24 h-9 l18 26 h-12 v14z", "#2f4d3f"),
        shape("M246 282 v-12 h-10 l15 -22 h-8 l13 -20 l13 20 h-8 l15 22 h-10 v12z", "#2f4d3f"),
        shape("M70 50H92V350H70Z", c.line, 0.45),
        line("M96 60V342", c.line, 2, 0.5),
        box(110, 84, 146, 46, 4, CREAM),
        line("M124 100H242", c.line, 6),
        line("M124 115H206", c.shade, 4),
      ) +
      shape("M244 340 V376 L254 366 L264 376 V340Z", "#c0392f"),
  );
