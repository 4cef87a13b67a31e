import { box, type Drawing, dashes, dot, line, move, oval, rectangle, scaled, shape, stitch } from "./pen.ts";
import { matt } from "./solids.ts";
import { CREAM, inShade, LEATHER, tonesOf, WOOD } from "./tones.ts";

const hide = tonesOf(LEATHER);

/** Folded in four, its fringe on the left and the herringbone on every fold. */
export const blanket: Drawing = (pen, c) => {
  pen.stands(204, 322, 158, 22);
  const bones = pen.tile(24, 18, line("M-4 8l16-10l16 10M-4 17l16-10l16 10M-4 26l16-10l16 10", c.light, 3.4));
  const strands = (y: number) =>
    line(`M64 ${y + 6}h-22M64 ${y + 14}h-17M64 ${y + 22}h-23M64 ${y + 30}h-18`, c.shade, 3.6);
  const fold = (y: number) => {
    const d = `M62 ${y} H322 C352 ${y} 352 ${y + 42} 322 ${y + 42} H62 C56 ${y + 28} 56 ${y + 14} 62 ${y}Z`;
    return pen.body(
      d,
      c.base,
      shape(rectangle(50, y, 310, 44), bones),
      shape(`M50 ${y + 27}H360V${y + 44}H50Z`, c.line, 0.2),
      shape(`M306 ${y}H360V${y + 44}H312Z`, c.line, 0.2),
    );
  };
  const top = "M62 156 C76 130 98 110 122 102 H330 C346 112 352 136 340 162 C330 170 70 170 62 156Z";
  return (
    [276, 236, 196, 156].map((y) => strands(y) + fold(y)).join("") +
    pen.body(
      top,
      c.light,
      shape(
        rectangle(50, 90, 310, 90),
        pen.tile(24, 14, line("M-4 6l16-8l16 8M-4 13l16-8l16 8M-4 20l16-8l16 8", c.glow, 2.8)),
      ),
    ) +
    line("M62 158 H322", c.deep, 2.5, 0.6) +
    box(222, 210, 62, 40, 3, CREAM) +
    stitch("M227 215h52v30h-52z", inShade(inShade(c))) +
    shape("M240 238l12-15l7 8l5-5l9 12z", c.deep)
  );
};

export const picnicRug: Drawing = (pen, c) => {
  pen.stands(200, 320, 156, 22);
  const cream = tonesOf(CREAM);
  const strap = (x: number) =>
    line(`M${x} 168 C${x - 22} 210 ${x - 22} 280 ${x} 318`, hide.deep, 19) +
    line(`M${x} 168 C${x - 22} 210 ${x - 22} 280 ${x} 318`, hide.base, 14) +
    dashes(`M${x} 168 C${x - 22} 210 ${x - 22} 280 ${x} 318`, "#ecd3ad", 1.6, "5 5") +
    box(x - 29, 224, 26, 26, 4, "#cda24b") +
    box(x - 22, 231, 12, 12, 2, hide.deep);
  return (
    line("M124 176 C130 84 262 84 268 176", hide.deep, 14) +
    line("M124 176 C130 84 262 84 268 176", hide.light, 6) +
    pen.body(
      "M68 164 H318 C352 168 360 318 318 320 H68 C30 310 32 174 68 164Z",
      c.base,
      line(
        "M92 150C66 200 66 290 92 330M176 150C150 200 150 290 176 330M212 150C186 200 186 290 212 330M296 150C270 200 270 290 296 330",
        cream.base,
        11,
      ),
      line("M40 196H350M40 246H350M40 290H350", cream.base, 9, 0.75),
      line("M134 150C108 200 108 290 134 330M254 150C228 200 228 290 254 330M40 221H350M40 270H350", c.line, 4, 0.6),
      shape("M40 268H360V330H40Z", c.line, 0.28),
      line("M60 180H330", "#fff", 6, 0.25),
    ) +
    strap(134) +
    strap(258) +
    oval(318, 242, 32, 78, "#3e4a3c") +
    line("M318 172c36 0 34 140 0 140c-28 0-28-112-2-112c20 0 22 84 0 84c-14 0-14-54 0-54", c.light, 7) +
    line("M318 172c36 0 34 140 0 140c-28 0-28-112-2-112c20 0 22 84 0 84c-14 0-14-54 0-54", cream.base, 2)
  );
};

export const bedding: Drawing = (pen, c) => {
  pen.stands(200, 332, 164, 20);
  const pillow = (x: number, t: typeof c) =>
    pen.body(
      `M${x} 132 C${x + 30} 112 ${x + 104} 112 ${x + 132} 130 C${x + 142} 156 ${x + 142} 186 ${x + 132} 210 C${x + 100} 224 ${x + 34} 224 ${x} 212 C${x - 10} 186 ${x - 10} 156 ${x} 132Z`,
      t.light,
      shape(`M${x + 96} 100C${x + 104} 150 ${x + 104} 190 ${x + 92} 230H${x + 160}V100Z`, t.shade),
      line(`M${x + 10} 142q16 10 20 26M${x + 124} 146q-14 8 -18 22M${x + 60} 128q2 16 -6 26`, t.deep, 2.5, 0.5),
    ) +
    dot(x + 122, 158, 4, WOOD) +
    dot(x + 123, 178, 4, WOOD);
  return (
    box(40, 92, 320, 150, 12, tonesOf(WOOD).base) +
    box(40, 92, 320, 14, 7, tonesOf(WOOD).light) +
    line("M98 110V220M160 110V220M240 110V220M302 110V220", tonesOf(WOOD).shade, 3) +
    box(50, 290, 16, 46, 4, tonesOf(WOOD).deep) +
    box(334, 290, 16, 46, 4, tonesOf(WOOD).line) +
    pillow(64, c) +
    pillow(204, inShade(c)) +
    pen.body(
      "M40 204 C120 190 280 190 360 204 C368 244 368 290 364 326 C310 318 270 334 220 324 C160 318 110 332 36 322 C32 290 32 244 40 204Z",
      c.base,
      shape("M270 190 C262 240 280 290 264 340 L380 340 L380 190Z", c.shade),
      line(
        "M92 250 C100 280 90 300 96 328M168 252 C160 284 172 300 164 326M244 250 C252 282 240 300 246 330M318 246 C310 280 322 300 314 326",
        c.deep,
        3,
        0.55,
      ),
      line("M80 252 C88 282 78 300 84 328M156 252 C150 284 160 300 152 326", c.glow, 6, 0.8),
    ) +
    pen.body(
      "M36 206 C120 190 280 190 364 206 L366 244 C280 232 120 232 34 244Z",
      c.light,
      shape("M270 180H380V260H262Z", c.base),
      stitch("M36 234 C120 222 280 222 364 234", inShade(inShade(c))),
    ) +
    [92, 164, 236, 308].map((x) => dot(x, 217, 5.5, WOOD) + dot(x - 1.5, 215.5, 2, "#ecd0a2")).join("")
  );
};

export const cushion: Drawing = (pen, c) => {
  pen.stands(204, 318, 168, 24);
  const top =
    "M44 204 C50 180 150 128 186 118 C200 114 212 114 226 118 C270 132 350 176 358 200 C360 218 260 268 222 278 C206 282 192 282 178 278 C138 266 46 224 44 204Z";
  const side =
    "M44 204 C42 222 44 248 50 260 C66 280 140 318 182 328 C196 331 208 331 222 328 C262 316 336 280 352 258 C358 244 360 222 358 200 L200 240Z";
  return (
    line("M322 268 C356 276 372 250 350 232", c.line, 15) +
    line("M322 268 C356 276 372 250 350 232", c.base, 9) +
    pen.body(
      side,
      c.base,
      shape("M202 200 L202 340 L370 340 L370 190Z", c.shade),
      line("M84 238q6 24 2 44M126 258q6 24 2 46M286 256q-6 24 -2 44M322 236q-6 22 -2 40", c.deep, 3, 0.5),
      line("M54 262 C90 288 150 316 200 318 C250 316 310 286 346 260", c.line, 3, 0.5),
    ) +
    pen.body(
      top,
      c.light,
      shape("M200 100 L380 180 L380 220 L204 290 C240 240 240 170 200 100Z", c.base),
      line(
        "M200 198 C160 190 110 196 74 202M200 198 C240 190 300 192 334 200M200 198 C204 170 204 150 206 130M200 198 C204 230 202 250 200 268",
        c.shade,
        4,
      ),
      line("M190 190 C160 176 130 178 104 186M184 180 C188 160 190 150 190 138", c.glow, 5, 0.8),
    ) +
    line(top, c.deep, 5) +
    dashes(top, c.glow, 1.6, "5 6", 0.8) +
    oval(201, 198, 13, 9, c.deep) +
    oval(200, 196, 11, 7, c.base) +
    box(74, 250, 24, 30, 3, CREAM) +
    line("M80 260h12M80 268h12", c.shade, 2)
  );
};

export const pegRail: Drawing = (pen, c) => {
  const peg = (x: number) =>
    shape(
      `M${x - 9} 142 C${x - 6} 160 ${x - 8} 170 ${x - 13} 178 A14 10 0 0 0 ${x + 13} 178 C${x + 8} 170 ${x + 6} 160 ${x + 9} 142Z`,
      matt(pen, c),
    ) +
    oval(x, 180, 14, 10, c.light) +
    oval(x, 180, 8, 5.5, c.base);
  const bag = tonesOf("#4f8a8b");
  const wool = tonesOf("#c9603f");
  return scaled(
    0.92,
    pen.body(
      "M30 118 H370 C376 118 378 122 378 126 V160 C378 166 374 168 370 168 H30 C24 168 22 164 22 160 V126 C22 122 26 118 30 118Z",
      c.base,
      shape("M20 112H380V126H20Z", c.glow),
      shape("M20 158H380V170H20Z", c.shade),
      line("M34 136C120 130 200 142 366 134M30 148C140 152 260 142 370 150", c.deep, 1.8, 0.5),
    ) +
      dot(50, 143, 5, c.shade) +
      dot(350, 143, 5, c.shade) +
      [78, 139, 200, 261, 322].map(peg).join("") +
      line("M139 178 C112 200 110 230 108 250 M139 178 C168 200 170 230 172 250", bag.deep, 7) +
      pen.body(
        "M92 246 H188 L194 338 C194 348 190 352 182 352 H98 C90 352 86 348 86 338Z",
        bag.base,
        shape("M160 240 C156 280 166 320 160 360 H200V240Z", bag.shade),
        line("M90 264H190", bag.line, 4),
      ) +
      pen.body(
        "M240 184 C246 178 276 178 284 184 C290 230 282 280 290 336 H266 C260 300 262 280 262 250 C258 290 256 310 250 346 H226 C232 290 236 230 240 184Z",
        wool.base,
        line("M226 318H296M228 302H294", CREAM, 7),
        line("M238 212H286", CREAM, 5),
        shape("M266 180V340H296V180Z", wool.shade, 0.5),
      ) +
      line("M230 346v14M238 346v14M246 346v14M270 337v14M278 337v14M286 337v14", wool.base, 3) +
      oval(261, 182, 14, 8, wool.light),
  );
};

export const logBasket: Drawing = (pen, c) => {
  pen.stands(200, 328, 146, 22);
  const bark = tonesOf("#7a5b42");
  const log = (x: number, y: number, r: number) =>
    dot(x, y, r, bark.deep) +
    dot(x - 1, y - 1, r - 4, "#e3c08d") +
    dot(x, y, r * 0.6, "#d3a86f") +
    dot(x, y, r * 0.3, "#b98a55");
  const body = "M62 176 C66 240 76 300 92 318 C150 336 250 336 308 318 C324 300 334 240 338 176Z";
  const weave = Array.from(
    { length: 9 },
    (_, row) => `M50 ${196 + row * 16}C150 ${212 + row * 16} 250 ${212 + row * 16} 350 ${196 + row * 16}`,
  );
  return (
    log(132, 138, 38) +
    log(214, 118, 42) +
    log(286, 142, 34) +
    log(172, 166, 30) +
    log(250, 172, 32) +
    log(104, 172, 22) +
    pen.body(
      body,
      c.base,
      weave
        .map(
          (d, row) =>
            move(row % 2 ? 18 : 0, 0, dashes(d, row % 2 ? c.light : c.glow, 11, "20 16")) + line(d, c.deep, 1.6, 0.7),
        )
        .join(""),
      shape("M270 160 C284 240 280 290 266 340 L350 340 L350 160Z", c.line, 0.3),
      shape("M50 170 C66 240 76 290 90 330 L40 330Z", c.light, 0.4),
    ) +
    pen.body(
      "M54 170 C110 204 290 204 346 170 C350 178 350 190 346 196 C290 226 110 226 54 196 C50 190 50 178 54 170Z",
      c.light,
      dashes("M52 176C110 210 290 210 348 176M52 190C110 222 290 222 348 190", c.deep, 7, "2 12"),
    ) +
    line("M56 214 C20 210 16 268 66 268M344 214 C380 210 384 268 334 268", c.line, 15) +
    line("M56 214 C20 210 16 268 66 268M344 214 C380 210 384 268 334 268", c.base, 9) +
    dashes("M56 214 C20 210 16 268 66 268M344 214 C380 210 384 268 334 268", c.glow, 4, "3 7")
  );
};
