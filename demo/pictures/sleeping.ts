import {
  box,
  type Drawing,
  dashes,
  dot,
  flip,
  line,
  mirrored,
  move,
  oval,
  type Pen,
  seam,
  shape,
  stitch,
  turn,
} from "./pen.ts";
import { type Tones, tonesOf } from "./tones.ts";

const MUMMY = mirrored(
  "M200 34 C158 34 138 60 140 92 C112 104 100 140 106 184 C110 250 132 300 146 338 C154 360 178 366 200 366",
);

const rows = (c: Tones, from: number, to: number, step: number): string =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => from + at * step)
    .map(
      (y) =>
        line(`M96 ${y + 8} Q200 ${y + 24} 304 ${y + 8}`, c.light, 7, 0.7) +
        line(`M96 ${y} Q200 ${y + 16} 304 ${y}`, c.deep, 3.5),
    )
    .join("");

const face = (pen: Pen, c: Tones, lining: Tones): string => {
  const opening = mirrored("M200 62 C174 62 162 80 164 100 C168 122 184 132 200 132");
  return (
    pen.body(opening, lining.base, shape("M206 60 C236 80 234 120 210 134 L250 134 L250 60Z", lining.deep)) +
    line(opening, c.line, 6) +
    dashes(opening, c.light, 2, "4 6")
  );
};

export const downBag: Drawing = (pen, c) =>
  turn(
    9,
    200,
    200,
    pen.body(
      MUMMY,
      c.base,
      rows(c, 128, 360, 33),
      shape("M246 20 C276 120 262 260 220 380 L330 380 L330 20Z", c.line, 0.28),
      line("M142 92 C146 56 170 46 200 46", c.light, 8, 0.7),
      line("M128 130 C130 220 146 280 160 330", c.line, 6),
      line("M128 130 C130 220 146 280 160 330", "#e8c779", 2),
    ) +
      face(pen, c, tonesOf("#e0b04c")) +
      line("M200 132 C196 146 206 152 202 166", "#f0e4c6", 3.5) +
      dot(202, 168, 5, "#f0e4c6"),
  );

export const wideBag: Drawing = (pen, c) => {
  const lining = tonesOf("#c9b78f");
  const d = mirrored("M200 44 C150 40 122 52 116 84 C104 130 108 220 116 296 C120 340 140 362 166 364 L200 364");
  return turn(
    -8,
    200,
    200,
    pen.body(
      d,
      c.base,
      rows(c, 110, 350, 44),
      shape("M254 20 C276 120 268 260 240 380 L330 380 L330 20Z", c.line, 0.28),
      box(100, 30, 200, 60, 0, c.shade),
      seam("M100 92 Q200 106 300 92", c),
    ) +
      pen.body(
        "M200 60 C160 58 140 64 138 84 L150 108 L268 196 C282 180 282 120 282 90 C276 62 240 58 200 60Z",
        lining.base,
        shape("M230 50 L268 200 L300 180 L290 50Z", lining.shade),
        dashes("M150 84H280M170 104H280M200 124H280M230 150H280", lining.deep, 3, "2 12"),
      ) +
      pen.body(
        "M144 106 L270 198 C240 214 170 190 144 106Z",
        c.light,
        shape("M180 150 L270 198 L230 214Z", c.shade, 0.5),
      ) +
      line("M144 106 L270 198", c.line, 5) +
      dashes("M144 106 L270 198", "#e9e2d2", 2.2, "2 4") +
      oval(190, 84, 38, 15, "#efe6d3") +
      oval(196, 86, 26, 9, "#ddd0b6"),
  );
};

export const quilt: Drawing = (pen, c) => {
  const lining = tonesOf("#dcc28a");
  const d = "M84 84 C150 72 250 72 316 84 C326 170 322 260 312 330 C250 344 150 344 88 330 C78 250 76 160 84 84Z";
  const criss =
    "M20 150L150 20M20 230L230 20M20 310L310 20M30 380L380 30M110 380L380 110M190 380L380 190M270 380L380 270";
  return turn(
    -5,
    200,
    200,
    pen.body(
      d,
      c.base,
      move(4, 6, line(criss, c.light, 8, 0.6)),
      line(criss, c.deep, 3),
      flip(line(criss, c.deep, 3)),
      shape("M262 60 C250 150 280 250 250 350 L340 350 L340 60Z", c.line, 0.22),
      line("M90 322 C150 334 250 334 310 322", c.deep, 10),
    ) +
      pen.body(
        "M84 84 C110 79 140 76 170 75 C180 120 140 180 81 190 C80 150 80 120 84 84Z",
        lining.base,
        shape("M170 75 C180 120 140 180 81 190 L120 150 L150 110Z", lining.deep, 0.6),
      ) +
      line("M170 75 C180 120 140 180 81 190", c.deep, 4),
  );
};

export const silkLiner: Drawing = (pen, c) => {
  const d = "M110 70 C140 62 250 60 282 70 C290 150 286 250 290 340 C250 350 150 352 108 342 C112 250 106 150 110 70Z";
  return (
    turn(
      -6,
      200,
      200,
      pen.body(
        d,
        c.base,
        shape("M230 50 C244 150 230 250 248 360 L310 360 L310 50Z", c.shade),
        line("M142 150 C150 220 138 280 146 350 M204 150 C210 230 196 290 202 350", c.glow, 14, 0.9),
        line("M166 150 C172 220 160 290 168 350 M226 150 C234 230 220 280 230 350", c.deep, 3, 0.5),
        shape("M114 78 C150 96 240 96 280 78 C250 66 140 68 114 78Z", c.deep),
        line("M110 70 C150 96 240 96 282 70", c.glow, 5),
      ) +
        pen.body(
          "M108 128 C160 148 236 148 286 126 V96 C240 114 150 114 108 96Z",
          c.light,
          shape("M236 90H300V160H240Z", c.base),
          stitch("M110 122 C160 141 236 141 286 120", tonesOf("#8d7a56")),
        ),
    ) +
    pen.body(
      "M240 262 C270 250 318 250 338 264 C354 296 354 326 338 350 C304 360 270 360 244 350 C226 326 226 292 240 262Z",
      "#b9545a",
      shape("M304 250 C292 296 304 330 292 370 L360 370 L360 250Z", "#8f3d45"),
      line("M236 280 C270 290 310 290 344 280", "#7a3039", 4),
      line("M252 298 C248 314 250 330 254 342", "#db9093", 5),
    ) +
    shape("M262 262 C258 246 270 236 280 248 C286 234 304 234 306 250 C318 240 328 252 320 264Z", c.light) +
    line("M340 280 q24 0 14 24", "#f0e4c6", 3.5) +
    dot(353, 306, 5, "#f0e4c6")
  );
};

export const owlBag: Drawing = (pen, c) => {
  const cream = tonesOf("#f3e6c8");
  const d = mirrored(
    "M200 66 C180 66 170 60 150 38 C132 56 118 90 120 124 C112 200 118 260 126 310 C132 346 160 362 200 362",
  );
  const eye = (x: number) =>
    dot(x, 108, 27, cream.base) +
    dot(x, 108, 27, cream.shade, 0.3) +
    dot(x, 108, 21, cream.light) +
    dot(x, 108, 12, "#2c2f33") +
    dot(x - 4, 104, 4, "#fff");
  const star = (x: number, y: number, r: number) =>
    shape(
      `M${x} ${y - r}l${r * 0.3} ${r * 0.7}l${r * 0.7} ${r * 0.3}l${-r * 0.7} ${r * 0.3}l${-r * 0.3} ${r * 0.7}l${-r * 0.3} ${-r * 0.7}l${-r * 0.7} ${-r * 0.3}l${r * 0.7} ${-r * 0.3}z`,
      cream.base,
    );
  return turn(
    5,
    200,
    200,
    pen.body(
      d,
      c.base,
      shape("M120 20 H280 V140 C250 156 150 156 110 140Z", c.shade),
      shape("M248 20 C284 140 270 270 236 370 L310 370 L310 20Z", c.line, 0.25),
      line("M130 150 C130 220 132 280 142 326", c.light, 8, 0.7),
      seam("M110 150 C150 166 250 166 290 150 M114 290 C150 306 250 306 286 290", c),
      dashes("M114 296 C150 312 250 312 286 296", cream.base, 5, "0 26"),
      star(160, 200, 12),
      star(236, 190, 9),
      star(214, 248, 13),
      star(152, 262, 8),
      star(250, 264, 8),
      star(190, 334, 9),
      shape("M182 182 a24 24 0 1 0 26 34 a20 20 0 1 1 -26 -34z", cream.base),
    ) +
      eye(168) +
      eye(232) +
      shape("M200 116 L190 130 Q200 150 210 130Z", "#e0a23c"),
  );
};
