import { type Drawing, dashes, dot, flip, line, type Pen, seam, shape, stitch } from "./pen.ts";
import { inShade, LEATHER, RUBBER, type Tones, tonesOf } from "./tones.ts";

const twice = (one: (c: Tones) => string, c: Tones, apart = 0): string =>
  `<g transform="translate(${84 - apart} 0) rotate(8 200 200)">${one(inShade(c))}</g><g transform="translate(${-84 + apart} 6) rotate(-7 200 200)">${flip(one(c))}</g>`;

export const linerGloves: Drawing = (pen, c) => {
  const hand =
    "M146 330 C142 280 138 250 140 214 C140 200 138 190 136 176 L126 116 C124 100 142 96 146 112 L156 164 L156 92 C156 76 176 76 177 92 L180 160 L184 80 C185 64 205 65 205 81 L205 162 L213 98 C215 83 233 86 232 101 L228 188 C228 204 232 208 238 200 L258 172 C268 158 286 168 278 184 L244 252 C240 270 242 300 242 330 C210 338 176 338 146 330Z";
  const one = (t: Tones) =>
    pen.body(
      hand,
      t.base,
      shape("M214 70 C206 200 236 260 214 350 L300 350 L300 70Z", t.shade),
      shape("M120 90 h30 v22 h-30z M258 160 l30 6 l-6 26 l-28 -12z", tonesOf("#b9c4cb").base),
      seam("M158 170 C160 184 162 190 162 200 M181 166 V196 M206 168 C204 184 204 190 203 198", t),
      line("M140 318 C176 328 212 328 246 318", t.deep, 24),
      dashes("M140 318 C176 328 212 328 246 318", t.light, 22, "2 6", 0.5),
      line("M132 130 L146 220", t.light, 5, 0.7),
    );
  return `<g transform="translate(28 26) scale(.86)">${twice(one, c)}</g>`;
};

export const mitts: Drawing = (pen, c) => {
  const palm = tonesOf("#a8774a");
  const mitt =
    "M138 336 C136 290 118 250 116 190 C114 120 138 78 180 78 C222 78 238 110 238 160 L240 190 C246 172 262 150 280 158 C296 166 290 186 282 204 C270 234 252 250 250 280 L248 336 C214 346 172 346 138 336Z";
  const one = (t: Tones) => {
    const hide = t === c ? palm : inShade(palm);
    return pen.body(
      mitt,
      t.base,
      shape("M210 60 C200 200 250 260 220 350 L310 350 L310 60Z", t.shade),
      shape("M116 120 C120 70 150 66 180 66 C220 66 250 90 250 150 C220 128 160 124 116 150Z", hide.base),
      stitch("M116 156 C160 130 220 134 246 158", hide),
      shape("M246 172 C262 140 300 146 300 180 C290 178 262 170 246 190Z", hide.base),
      line("M126 262 C170 272 214 272 256 262", t.line, 12),
      shape("M196 258h34v20h-34z", "#d8dbd9"),
      line("M136 324 C176 334 212 334 250 324", "#efe6d3", 22),
      dashes("M136 324 C176 334 212 334 250 324", "#d6c8ab", 12, "1 9"),
      line("M130 170 C128 200 134 230 140 250", t.glow, 5, 0.6),
    );
  };
  return `<g transform="translate(36 36) scale(.82)">${twice(one, c)}</g>`;
};

/** A sock that lies on its side, its toe to the right; `top` is where its cuff begins. */
function sock(pen: Pen, t: Tones, top: number, ...on: string[]): string {
  const d = `M112 ${top} C140 ${top - 8} 168 ${top - 8} 196 ${top} C198 170 196 190 204 214 C222 236 268 244 296 262 C326 282 320 324 288 330 C240 338 170 338 136 318 C104 298 108 268 112 236 C116 200 112 160 112 ${top}Z`;
  return pen.body(
    d,
    t.base,
    shape(
      `M176 ${top - 10} C180 170 176 200 190 226 C214 252 262 258 300 272 L340 250 L210 200 L210 ${top - 10}Z`,
      t.shade,
    ),
    shape("M108 260 C130 262 150 280 152 312 C150 330 130 340 96 330Z", t.deep),
    shape("M278 246 C262 276 262 310 276 340 L340 340 L340 240Z", t.deep),
    stitch("M108 256 C136 260 156 280 158 316", t),
    stitch("M272 252 C258 280 258 308 270 336", t),
    ...on,
  );
}
const ribbed = (t: Tones, y: number, height: number): string =>
  shape(`M100 ${y - 12}h110v${height + 12}h-110z`, t.light) +
  line(Array.from({ length: 9 }, (_, at) => `M${112 + at * 10.5} ${y - 10}v${height + 10}`).join(""), t.base, 4);
const socks = (pen: Pen, c: Tones, top: number, on: (t: Tones) => string[]): string =>
  `<g transform="translate(26 -26)">${sock(pen, inShade(c), top, ...on(inShade(c)))}</g><g transform="translate(-22 18)">${sock(pen, c, top, ...on(c))}</g>`;

export const hikingSocks: Drawing = (pen, c) =>
  socks(pen, c, 92, (t) => [
    ribbed(t, 92, 34),
    line("M104 142H206M104 152H206", "#e8dcc0", 4),
    dashes("M160 240 C180 262 216 270 250 278 M152 254 C172 276 210 284 248 292", t.light, 4, "1 8"),
  ]);
export const expeditionSocks: Drawing = (pen, c) =>
  `<g transform="translate(40 52) scale(.8)">${socks(pen, c, 14, (t) => [
    ribbed(t, 14, 40),
    line("M104 70H206", "#e8dcc0", 10),
    line("M104 88H206", t.line, 5),
    dashes("M116 110V230M132 110V246M148 110V262M164 110V270M180 110V210", t.light, 3.5, "1 9"),
    dashes("M170 250 C200 274 230 280 262 286", t.light, 4, "1 8"),
  ])}</g>`;
export const cabinSocks: Drawing = (pen, c) =>
  socks(pen, c, 112, (t) => [
    ribbed(t, 112, 40),
    line("M106 176l10-10l10 10l10-10l10 10l10-10l10 10l10-10l10 10l10-10", "#a5483c", 5),
    line("M106 196l10-10l10 10l10-10l10 10l10-10l10 10l10-10l10 10l10-10", "#f1e8d4", 4),
    dashes("M118 220H196M122 236H206M140 252H240M160 268H262M160 284H262M164 300H262", t.light, 3, "2 8"),
    dot(196, 326, 9, tonesOf(LEATHER).base),
    dot(236, 328, 9, tonesOf(LEATHER).base),
  ]);

export const gaiters: Drawing = (pen, c) => {
  const d =
    "M132 110 C160 98 218 98 244 110 C250 160 252 200 268 232 C286 250 300 262 300 284 C296 300 270 298 248 292 C212 286 160 288 134 298 C112 304 100 296 102 276 C118 240 128 180 132 110Z";
  const one = (t: Tones) =>
    line("M140 292 C150 332 220 332 232 288", RUBBER, 5) +
    pen.body(
      d,
      t.base,
      shape("M206 90 C206 180 210 250 240 310 L310 310 L300 200 L250 90Z", t.shade),
      shape("M132 110 C136 190 126 250 118 310 L90 300 L110 110Z", t.light),
      line("M130 118 C160 106 218 106 246 118", t.deep, 16),
      stitch("M130 118 C160 106 218 106 246 118", t),
      line("M186 112 C186 180 190 240 190 300", t.line, 6),
      line("M186 112 C186 180 190 240 190 300", t.glow, 1.6),
      stitch("M104 282 C140 270 230 270 296 278", t),
    ) +
    line("M286 282 l10 10", "#c9ced1", 5) +
    dot(190, 128, 4, t.glow);
  return `<g transform="translate(8 4) scale(.95)"><g transform="translate(62 -20)">${one(inShade(c))}</g><g transform="translate(-42 18)">${one(c)}</g></g>`;
};
