import { box, type Drawing, dashes, dot, line, mirrored, move, oval, type Pen, ring, shape, turn } from "./pen.ts";
import { gloss, matt } from "./solids.ts";
import { IRON, STEEL, type Tones, tonesOf } from "./tones.ts";

const steel = tonesOf(STEEL);
const iron = tonesOf(IRON);
const CORK = tonesOf("#c99e6a");

/** A walking pole that stands upright at x; its tip is at the bottom. */
function pole(c: Tones, x: number, grip: Tones, cord: string): string {
  const at = (d: string) => d.replace(/X([-+]\d+)?/g, (_, by = "0") => String(x + Number(by)));
  return (
    line(at("MX+4 62 C X+44 70 X+40 140 X+6 128"), cord, 7) +
    line(at("MX 150V300"), c.deep, 11) +
    line(at("MX-2 150V300"), c.light, 3.5) +
    line(at("MX 230V352"), steel.deep, 8) +
    line(at("MX-1 230V352"), steel.glow, 2.5) +
    shape(
      at(
        "MX-13 50 C X-13 40 X+17 40 X+17 52 C X+8 66 X+14 80 X+9 92 C X+14 104 X+9 116 X+12 128 L X-10 128 C X-15 116 X-8 104 X-13 92 C X-8 80 X-16 66 X-13 50Z",
      ),
      grip.base,
    ) +
    shape(
      at("MX+2 44 C X+10 42 X+17 46 X+17 52 C X+8 66 X+14 80 X+9 92 C X+14 104 X+9 116 X+12 128 L X 128Z"),
      grip.shade,
    ) +
    dashes(at("MX-6 58V122M X+5 70V118"), grip.deep, 2.5, "1 9") +
    shape(at("MX-9 128h20l-2 62h-16z"), "#3b4145") +
    dashes(at("MX-7 138h15MX-7 148h15MX-7 158h15MX-7 168h15MX-7 178h15"), "#5c656a", 2, "3 3") +
    box(x - 9, 222, 18, 26, 4, iron.base) +
    box(x + 6, 226, 13, 20, 4, c.base) +
    box(x - 9, 292, 18, 22, 4, iron.base) +
    box(x + 6, 296, 12, 16, 4, c.base) +
    oval(x, 344, 24, 7, iron.deep) +
    oval(x, 341, 24, 7, iron.light) +
    line(at("MX 352V372"), iron.base, 6) +
    line(at("MX 372V380"), steel.light, 4)
  );
}

export const corkPoles: Drawing = (_, c) =>
  turn(-13, 200, 200, move(-34, -6, pole(c, 200, CORK, "#3b4145"))) +
  turn(13, 200, 200, move(34, -6, pole(c, 200, CORK, "#3b4145")));

/** One stretched, one folded to the length of a forearm. */
export const foldingPoles: Drawing = (_, c) => {
  const foam = tonesOf("#4d565b");
  const rod = (x: number, from: number, to: number) =>
    line(`M${x} ${from}V${to}`, iron.deep, 11) +
    line(`M${x - 2} ${from}V${to}`, iron.glow, 2.5) +
    line(`M${x} ${from}v14M${x} ${to - 14}v14`, c.base, 12);
  return (
    turn(10, 200, 200, move(-56, -6, pole(c, 200, foam, c.base))) +
    turn(
      10,
      200,
      200,
      line("M272 128 C276 90 300 90 302 128M302 300 C304 336 326 336 330 300", "#e8dcc0", 4) +
        rod(272, 128, 300) +
        rod(302, 128, 300) +
        rod(330, 150, 312) +
        line("M330 312v18", steel.light, 5) +
        oval(330, 306, 15, 5, iron.light) +
        shape(
          "M256 40 C256 28 288 28 288 42 C280 60 286 80 282 96 L284 134 H260 L262 96 C256 80 264 60 256 40Z",
          foam.base,
        ) +
        shape("M274 34 C282 32 288 36 288 42 C280 60 286 80 282 96 L284 134 H274Z", foam.deep) +
        dashes("M262 48V126", foam.light, 3, "1 8") +
        line("M258 210H344M258 228H344", "#d9702f", 9),
    )
  );
};

export const compass: Drawing = (pen, c) => {
  const ticks = Array.from({ length: 36 }, (_, at) => {
    const [sin, cos] = [Math.sin((at * Math.PI) / 18), Math.cos((at * Math.PI) / 18)];
    const long = at % 9 === 0 ? 62 : 68;
    return `M${Math.round(200 + long * cos)} ${Math.round(226 + long * sin)}L${Math.round(200 + 76 * cos)} ${Math.round(226 + 76 * sin)}`;
  }).join("");
  return turn(
    -12,
    200,
    200,
    line("M200 344 C180 400 330 392 360 330", "#c8603a", 6) +
      pen.body(
        "M116 44 H284 C292 44 298 50 298 58 V332 C298 340 292 346 284 346 H116 C108 346 102 340 102 332 V58 C102 50 108 44 116 44Z",
        c.glow,
        shape("M102 44 H230 L120 346 H102Z", "#fff", 0.4),
        line("M116 60V130M116 66h14M116 76h9M116 86h9M116 96h14M116 106h9M116 116h9M116 126h14", c.line, 2),
        line("M284 60V130M284 66h-14M284 78h-9M284 90h-14M284 102h-9M284 114h-14", c.line, 2),
        line("M200 54V140", "#c0392f", 4),
      ) +
      shape("M200 52 l13 24 h-26z", "#c0392f") +
      ring(240, 100, 24, c.deep, 4) +
      dot(240, 100, 22, "#fff", 0.5) +
      line("M228 94 q4 -8 12 -10", "#fff", 4) +
      dot(200, 226, 92, iron.base) +
      dashes("M200 140a86 86 0 1 1-.1 0", iron.glow, 8, "2 7", 0.6) +
      dot(200, 226, 80, "#f7f3e6") +
      line(ticks, iron.line, 2.4) +
      dot(200, 226, 54, "#e9efe4") +
      line("M182 182V270M200 176V276M218 182V270", "#b9c7b6", 2) +
      turn(
        24,
        200,
        226,
        shape("M200 168 L212 226 H188Z", "#c0392f"),
        shape("M200 168 L212 226 H200Z", "#92281f"),
        shape("M200 284 L212 226 H188Z", "#f4f4f0"),
        shape("M200 284 L212 226 H200Z", "#c9cdcb"),
      ) +
      dot(200, 226, 7, "#cda24b") +
      dot(198, 224, 2.5, "#f6e7bd") +
      shape("M150 176 A74 74 0 0 1 236 158 C200 164 168 176 150 206Z", "#fff", 0.5) +
      dot(200, 330, 8, c.line),
  );
};

const mountain = (c: Tones, x: number, y: number): string =>
  shape(`M${x - 26} ${y} l20 -28 l12 17 l9 -11 l17 22z`, c.glow, 0.9);

export const bottle: Drawing = (pen, c) => {
  pen.stands(200, 352, 68, 14);
  const body =
    "M166 104 H234 C236 124 262 132 262 164 V332 C262 346 252 352 240 352 H160 C148 352 138 346 138 332 V164 C138 132 164 124 166 104Z";
  return (
    pen.body(
      body,
      matt(pen, c),
      shape("M154 140 C150 200 150 270 154 340 L168 340 C162 270 164 200 168 132Z", c.glow, 0.65),
      shape("M120 318H280V360H120Z", STEEL),
      shape("M120 318H280V324H120Z", steel.deep),
      shape("M236 318h40v40h-40z", steel.deep),
      mountain(c, 196, 250),
    ) +
    box(164, 92, 72, 18, 4, gloss(pen, steel)) +
    line("M168 98H232", steel.deep, 2) +
    box(160, 62, 80, 34, 8, iron.base) +
    dashes(
      "M168 66V92M176 66V92M184 66V92M192 66V92M200 66V92M208 66V92M216 66V92M224 66V92M232 66V92",
      iron.light,
      2,
      "26 0",
    ) +
    line("M172 62 C168 14 232 14 228 62", iron.base, 14) +
    line("M174 56 C172 24 222 20 226 48", iron.light, 4)
  );
};

export const flask: Drawing = (pen, c) => {
  pen.stands(180, 352, 66, 14);
  pen.stands(304, 352, 46, 10);
  return (
    pen.body(
      "M120 138 H232 V334 C232 346 224 352 214 352 H138 C128 352 120 346 120 334Z",
      matt(pen, c),
      shape("M134 140h14v210h-14z", c.glow, 0.7),
      shape("M110 330H250V360H110Z", iron.base),
      mountain(c, 176, 262),
    ) +
    box(118, 128, 116, 16, 4, gloss(pen, steel)) +
    shape("M126 128 L134 62 C136 54 142 50 150 50 H202 C210 50 216 54 218 62 L226 128Z", gloss(pen, steel)) +
    line("M130 96H222", steel.deep, 2) +
    line("M128 118H224", steel.deep, 2) +
    shape("M262 270 H346 L338 344 C337 350 332 352 326 352 H282 C276 352 271 350 270 344Z", gloss(pen, steel)) +
    oval(304, 270, 42, 10, steel.glow) +
    oval(304, 271, 36, 7, "#8a5a2c") +
    line("M266 296a38 8 0 0 0 76 0", steel.deep, 2) +
    line("M292 248 q-10 -14 0 -26 q10 -14 0 -28 M316 248 q-10 -14 0 -26 q10 -14 0 -28", "#fff", 5, 0.75)
  );
};

export const waterFilter: Drawing = (pen, c) => {
  pen.stands(200, 344, 92, 14);
  const pouch = mirrored(
    "M200 40 L134 40 C126 42 122 48 124 56 C116 90 114 130 122 164 C130 186 158 196 176 200 L200 202",
  );
  return (
    pen.body(
      pouch,
      "#d8ecf0",
      shape("M110 96 C150 84 180 108 220 96 C250 88 270 92 290 98 V210 H110Z", "#8cc8dc"),
      shape("M240 30 C250 100 244 160 226 210 L300 210 L300 30Z", "#4b93ad", 0.35),
      shape("M116 36H284V62H116Z", c.base),
      line("M116 62H284", c.deep, 3),
      line("M140 76 C134 110 136 140 146 164", "#fff", 8, 0.8),
      mountain(c, 206, 150),
    ) +
    dot(200, 50, 6, c.line) +
    box(174, 196, 52, 22, 5, c.deep) +
    dashes("M180 200V214M188 200V214M196 200V214M204 200V214M212 200V214M220 200V214", c.light, 2.4, "14 0") +
    pen.body(
      "M164 218 H236 V296 C236 308 226 312 220 316 H180 C174 312 164 308 164 296Z",
      "#eef3f2",
      line("M174 226V306M182 226V306M190 226V306M198 226V306M206 226V306M214 226V306M222 226V306", "#c9d6d6", 3),
      shape("M214 210h40v120h-40z", "#7d9298", 0.3),
      shape("M160 218H240V232H160ZM160 286H240V320H160Z", c.base),
      shape("M214 286H240V320H214ZM214 218H240V232H214Z", c.deep),
    ) +
    box(186, 316, 28, 22, 4, iron.base) +
    shape("M200 336 c8 10 10 14 0 18 c-10 -4 -8 -8 0 -18z", "#6fb8d2")
  );
};

export const pocketKnife: Drawing = (pen, c) => {
  const beech = tonesOf("#d2a36a");
  return turn(
    -28,
    200,
    200,
    pen.body(
      "M196 186 L346 176 C362 178 374 190 380 206 C330 222 260 220 196 218Z",
      gloss2(pen, c),
      shape("M196 208 C270 212 330 210 380 204 V230 H196Z", c.glow),
      line("M214 194 L320 187", c.deep, 3, 0.7),
      line("M196 208 C270 212 330 210 378 205", c.light, 2),
    ) +
      pen.body(
        "M26 196 C28 178 50 172 78 176 C120 184 160 178 206 180 L206 226 C160 226 116 234 76 232 C46 232 24 216 26 196Z",
        beech.base,
        shape("M20 206 C80 220 140 210 210 208 V240 H20Z", beech.shade),
        line(
          "M40 190 C90 184 140 192 190 188M60 200 C100 198 140 202 180 198M50 216 C100 218 130 214 176 216",
          beech.deep,
          1.8,
          0.6,
        ),
        line("M40 186 C70 178 120 188 180 184", beech.glow, 4, 0.7),
      ) +
      box(178, 176, 34, 54, 5, gloss3(pen)) +
      line("M200 178V228", steel.deep, 2) +
      dot(184, 203, 3, steel.line) +
      dot(52, 206, 7, beech.line) +
      line("M52 206 C10 230 20 280 60 284 C80 286 88 268 76 258", "#9a6238", 5),
  );
};
const gloss2 = (pen: Pen, c: Tones): string =>
  pen.blend(
    [
      [0, c.light],
      [0.55, c.base],
      [1, c.shade],
    ],
    true,
  );
const gloss3 = (pen: Pen): string =>
  pen.blend(
    [
      [0, steel.glow],
      [0.4, steel.light],
      [1, steel.deep],
    ],
    true,
  );
