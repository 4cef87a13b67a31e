import { box, type Drawing, dashes, dot, flip, line, mirrored, oval, type Pen, seam, shape, stitch } from "./pen.ts";
import { inShade, LEATHER, type Tones, tonesOf } from "./tones.ts";

const WEB = "#363b3e";
const webbing = (d: string, width = 11): string => line(d, WEB, width) + dashes(d, "#6a7175", 1.4, "3 4");
const buckle = (x: number, y: number): string =>
  box(x - 11, y - 9, 22, 18, 4, "#22272a") + box(x - 6, y - 4, 12, 8, 2, "#555d61");
const pull = (x: number, y: number, colour = "#e8dcc0"): string =>
  dot(x, y, 4, "#22272a") + line(`M${x} ${y}v12`, colour, 3.5);
const haul = (c: Tones, y: number): string =>
  line(`M176 ${y} C176 ${y - 34} 224 ${y - 34} 224 ${y}`, c.line, 10) +
  line(`M176 ${y} C176 ${y - 34} 224 ${y - 34} 224 ${y}`, c.deep, 4);
/** Shoulder straps and a hip belt, as far as they show from the front. */
const straps = (c: Tones, foot: number): string => {
  const strap = `M142 100 C84 120 70 200 92 ${foot - 30}`;
  return line(strap, c.line, 20) + line(strap, c.deep, 12) + flip(line(strap, c.line, 20), line(strap, c.line, 12));
};
const belt = (c: Tones, y: number): string => {
  const wing = `M124 ${y - 34} C90 ${y - 34} 58 ${y - 18} 50 ${y + 8} C76 ${y + 22} 100 ${y + 10} 124 ${y + 4}Z`;
  return (
    shape(wing, c.deep) +
    stitch(`M118 ${y - 27} C90 ${y - 26} 68 ${y - 14} 60 ${y + 4}`, c) +
    webbing(`M54 ${y + 6} L30 ${y + 26}`, 9) +
    flip(shape(wing, c.line), webbing(`M54 ${y + 6} L30 ${y + 26}`, 9))
  );
};
const lit = (pen: Pen, d: string, c: Tones, ...on: string[]): string =>
  pen.body(
    d,
    c.base,
    shape("M256 40 C246 140 276 240 258 370 L340 370 L340 40Z", c.shade),
    shape("M100 60 C120 160 108 260 124 370 L70 370 L70 60Z", c.light),
    ...on,
  );
const bottle = (x: number): string =>
  box(x + 7, 184, 20, 16, 4, "#2f3437") + box(x, 198, 34, 70, 9, "#b9c1c6") + box(x + 5, 204, 7, 50, 3, "#e8ecee");

export const daypack: Drawing = (pen, c) => {
  pen.stands(200, 338, 104, 18);
  const hide = tonesOf(LEATHER);
  return (
    straps(c, 320) +
    bottle(276) +
    lit(
      pen,
      mirrored("M200 104 L112 104 C104 160 100 240 104 312 C106 330 116 338 132 338 L200 338"),
      c,
      seam("M100 150 C150 158 250 158 300 150", c),
      line("M96 300 H304", c.deep, 3),
      shape("M90 300H310V350H90Z", c.shade),
    ) +
    pen.body(
      mirrored("M200 206 L132 206 C126 240 126 290 132 318 L200 320"),
      c.light,
      shape("M236 200H290V330H244Z", c.base),
      seam("M126 220H274", c),
    ) +
    line("M138 208 H262", c.line, 5) +
    pull(256, 208) +
    stitch("M138 226H262M138 312H262", c) +
    pen.body(
      "M262 226 C290 222 306 226 308 234 L304 318 C290 326 272 326 262 320Z",
      c.deep,
      dashes("M266 246H304M266 262H304M266 278H304M266 294H304", c.shade, 3, "2 6"),
    ) +
    pen.body(
      "M110 74 C140 62 260 62 290 74 C298 86 298 108 290 118 C260 130 140 130 110 118 C102 108 102 86 110 74Z",
      c.base,
      shape("M256 60H310V140H262Z", c.deep),
      line("M104 84 C150 72 250 72 296 84", c.glow, 4),
      line("M104 100 C150 90 250 90 296 100M106 114C150 106 250 106 294 114", c.deep, 3),
    ) +
    line("M200 66 V176", hide.base, 18) +
    stitch("M194 70V172M206 70V172", hide) +
    box(186, 150, 28, 28, 5, "#cda24b") +
    box(192, 156, 16, 16, 3, hide.deep) +
    line("M200 160V182", "#cda24b", 4)
  );
};

export const dayHikePack: Drawing = (pen, c) => {
  pen.stands(200, 344, 110, 18);
  return (
    straps(c, 330) +
    haul(c, 60) +
    belt(c, 300) +
    lit(
      pen,
      mirrored("M200 52 C150 52 112 66 108 110 C102 180 102 260 110 320 C114 338 126 344 142 344 L200 344"),
      c,
      line("M110 132 C120 84 160 72 200 72 C240 72 280 84 290 132", c.line, 5),
      line("M110 132 C120 84 160 72 200 72 C240 72 280 84 290 132", c.glow, 1.4),
      shape("M90 316H310V360H90Z", c.deep),
      dashes("M112 326H290", c.light, 2, "5 5"),
    ) +
    pull(124, 118) +
    pen.body(
      mirrored("M200 164 C166 160 146 164 138 172 C132 220 134 280 142 306 L200 312"),
      c.deep,
      shape("M236 150H280V330H244Z", c.line),
      dashes("M144 196H262M142 212H262M142 228H262M142 244H262M142 260H262M142 276H262M144 292H262", c.base, 3, "2 7"),
    ) +
    line("M138 172 C160 158 240 158 262 172", c.glow, 5) +
    webbing("M106 206 L140 214M106 268 L142 262", 8) +
    flip(webbing("M106 206 L140 214M106 268 L142 262", 8)) +
    webbing("M200 140V176", 12) +
    buckle(200, 156) +
    shape("M176 100 l14 -20 l9 13 l6 -8 l13 15z", c.glow)
  );
};

const trekking =
  (tall: number): Drawing =>
  (pen, c) => {
    const big = tall > 50;
    const top = big ? 92 : 110;
    pen.stands(200, 350, 112, 18);
    const lid = mirrored(
      `M200 ${top - 54} C150 ${top - 56} 112 ${top - 46} 104 ${top - 18} C100 ${top} 102 ${top + 14} 108 ${top + 26} C140 ${top + 38} 180 ${top + 40} 200 ${top + 40}`,
    );
    return (
      straps(c, 320) +
      haul(c, top - 48) +
      belt(c, 312) +
      lit(
        pen,
        mirrored(
          `M200 ${top} L112 ${top} C106 180 104 250 108 316 C110 334 120 ${big ? 336 : 346} 138 ${big ? 336 : 346} L200 ${big ? 336 : 346}`,
        ),
        c,
        shape("M90 264H310V360H90Z", c.deep),
        seam("M90 264H310", c),
      ) +
      line(
        `M142 252 C140 220 142 190 152 ${top + 66} C170 ${top + 58} 230 ${top + 58} 248 ${top + 66} C258 190 260 220 258 252`,
        c.line,
        5,
      ) +
      line(
        `M142 252 C140 220 142 190 152 ${top + 66} C170 ${top + 58} 230 ${top + 58} 248 ${top + 66} C258 190 260 220 258 252`,
        c.glow,
        1.4,
      ) +
      pull(258, 240) +
      shape("M158 206 C180 200 220 200 242 206 L244 256 H156Z", c.shade) +
      stitch("M162 212 C180 206 220 206 238 212", c) +
      [112, 268]
        .map((x) =>
          pen.body(
            `M${x - 12} 226 C${x} 220 ${x + 24} 220 ${x + 34} 228 L${x + 32} 316 H${x - 8}Z`,
            inShade(c).deep,
            dashes(`M${x - 8} 246h38M${x - 8} 262h38M${x - 8} 278h38M${x - 8} 294h38`, c.shade, 3, "2 6"),
          ),
        )
        .join("") +
      webbing(`M162 ${top + 20} V${big ? 300 : 262}M238 ${top + 20} V${big ? 300 : 262}`, 10) +
      (big
        ? pen.body(
            "M84 318 C84 296 316 296 316 318 C322 330 322 346 316 354 C300 362 100 362 84 354 C78 346 78 330 84 318Z",
            "#e0a83e",
            shape("M60 340H340V370H60Z", "#b9842a"),
            line("M96 316H300", "#f3cf80", 5),
          ) +
          oval(318, 336, 13, 22, "#f0c66c") +
          oval(318, 336, 7, 12, "#b9842a") +
          webbing("M138 300 C134 320 134 340 140 358M262 300 C258 320 258 340 264 358", 9)
        : webbing("M108 300 H292", 8)) +
      lit(
        pen,
        lid,
        c,
        line(`M112 ${top - 4} C150 ${top + 4} 250 ${top + 4} 288 ${top - 4}`, c.line, 5),
        stitch(`M110 ${top + 16} C150 ${top + 28} 250 ${top + 28} 290 ${top + 16}`, c),
      ) +
      pull(276, top - 3) +
      buckle(162, top + 52) +
      buckle(238, top + 52) +
      shape(`M180 ${top - 20} l14 -18 l8 11 l6 -7 l12 14z`, c.glow)
    );
  };
export const trekkingPack = trekking(50);
export const largeTrekkingPack = trekking(65);

export const lightPack: Drawing = (pen, c) => {
  pen.stands(200, 346, 104, 18);
  const cloth = Array.from({ length: 14 }, (_, at) => `M${20 + at * 30} 90l-120 280M${-60 + at * 30} 90l120 280`).join(
    "",
  );
  return (
    straps(tonesOf("#4a5054"), 326) +
    lit(
      pen,
      mirrored("M200 100 L116 100 C108 170 104 250 106 320 C108 338 118 346 134 346 L200 346"),
      c,
      line(cloth, c.deep, 1.2, 0.7),
      shape("M90 308H310V360H90Z", "#5d6468"),
    ) +
    pen.body(
      mirrored("M200 210 L130 210 C122 250 124 300 130 320 L200 322"),
      "#454b4f",
      dashes("M130 226H270M130 242H270M130 258H270M130 274H270M130 290H270M130 306H270", "#7d868b", 3, "2 7"),
    ) +
    line("M130 212H270", "#d9702f", 5) +
    line("M124 130 L176 156 L124 182 L176 204M276 130 L224 156 L276 182 L224 204", "#d9702f", 3.5) +
    [
      [124, 130],
      [176, 156],
      [124, 182],
      [276, 130],
      [224, 156],
      [276, 182],
    ]
      .map(([x = 0, y = 0]) => dot(x, y, 4, WEB))
      .join("") +
    pen.body(
      "M104 74 C140 62 260 62 296 74 C302 84 302 98 296 108 C260 118 140 118 104 108 C98 98 98 84 104 74Z",
      c.light,
      shape("M260 60H310V130H266Z", c.shade),
      line("M100 88 C150 78 250 78 300 88M102 100 C150 92 250 92 298 100", c.deep, 3),
    ) +
    webbing("M104 88 C92 120 96 150 104 168M296 88 C308 120 304 150 296 168", 8) +
    buckle(104, 150) +
    buckle(296, 150)
  );
};
