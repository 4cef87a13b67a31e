import { box, type Drawing, dashes, dot, line, oval, ring, shape, turn } from "./pen.ts";
import { drum, gloss, matt } from "./solids.ts";
import { BRASS, STEEL, tonesOf, WOOD } from "./tones.ts";

const _ash = tonesOf(WOOD);
const steel = tonesOf(STEEL);
const _brass = tonesOf(BRASS);
const leaf = tonesOf("#6f8f4c");

export const longTom: Drawing = (pen, c) => {
  pen.stands(200, 352, 78, 16);
  const pea = (x: number, y: number, colour: string) =>
    dot(x - 9, y, 12, tonesOf(colour).light) + dot(x + 9, y, 12, colour) + oval(x, y + 7, 9, 8, tonesOf(colour).shade);
  return (
    line(
      "M200 168 C196 120 206 90 196 40M188 170 C170 130 160 110 150 78M214 168 C230 130 244 110 250 66",
      leaf.shade,
      4.5,
    ) +
    [
      [172, 122, -40],
      [230, 126, 40],
      [196, 88, -30],
      [210, 66, 30],
      [164, 94, -60],
      [244, 92, 60],
      [184, 146, -20],
      [218, 150, 24],
    ]
      .map(([x = 0, y = 0, a = 0], at) => turn(a, x, y, oval(x, y, 9, 20, at % 2 ? leaf.base : leaf.light)))
      .join("") +
    pea(150, 70, "#c27ba0") +
    pea(252, 58, "#9377a3") +
    pea(196, 36, "#e0a0b4") +
    pea(222, 96, "#c27ba0") +
    pea(172, 106, "#e0a0b4") +
    pen.body(
      "M138 196 L158 342 C160 350 166 354 174 354 H226 C234 354 240 350 242 342 L262 196Z",
      matt(pen, c),
      line("M156 214 L170 334", c.glow, 8, 0.55),
      oval(232, 320, 26, 20, "#f0e0d0", 0.3),
      oval(176, 340, 30, 12, "#f0e0d0", 0.25),
      shape("M130 196H270L266 214H136Z", c.line, 0.3),
    ) +
    pen.body(
      "M126 164 H274 L268 200 C240 208 160 208 132 200Z",
      matt(pen, c),
      line("M138 172 L142 196", c.glow, 6, 0.6),
    ) +
    oval(200, 164, 74, 15, c.light) +
    oval(200, 165, 64, 11, "#4a3628") +
    dot(176, 164, 4, "#6b4f3a") +
    dot(224, 167, 4, "#6b4f3a") +
    line("M200 170V156M188 170 L184 156M214 168 L220 154", leaf.shade, 5)
  );
};

const flower = (x: number, y: number, r: number, colour: string, heart = "#e3b148"): string => {
  const petals = [0, 60, 120, 180, 240, 300].map((degrees) => {
    const angle = (degrees * Math.PI) / 180;
    return `M${x} ${y}L${Math.round(x + r * 0.66 * Math.sin(angle))} ${Math.round(y - r * 0.66 * Math.cos(angle))}`;
  });
  return line(petals.join(""), colour, Math.round(r * 0.66)) + dot(x, y, Math.round(r * 0.36), heart);
};

export const seeds: Drawing = (pen, c) =>
  turn(
    -7,
    200,
    196,
    pen.body(
      "M104 44 H296 V350 H104Z",
      c.base,
      shape("M104 40H296V78H104Z", c.light),
      line("M104 78H296", c.deep, 2.5),
      dashes("M110 60H292", c.deep, 2, "6 6"),
      shape("M268 40H300V360H262Z", c.shade, 0.7),
      shape("M104 296 C160 270 240 282 300 290 V350 H104Z", leaf.deep),
      shape("M104 312 C150 296 240 300 300 310 V350 H104Z", leaf.shade),
      line(
        "M140 320 C136 270 142 240 138 206M176 320 C178 260 172 220 178 166M214 320 C210 270 220 240 216 196M252 320 C256 280 248 250 256 222M158 320V262M234 320V256",
        leaf.shade,
        4,
      ),
      line("M138 270q-16-6-18-22M178 250q16-6 18-22M216 262q-14-4-18-18M256 280q14-6 16-20", leaf.base, 5),
      flower(138, 200, 27, "#d5533f", "#2f2a28"),
      flower(178, 156, 30, "#fbf7ec"),
      flower(216, 190, 27, "#5b7fc0", "#31406b"),
      flower(256, 216, 25, "#d98bb0"),
      flower(158, 256, 19, "#fbf7ec"),
      flower(234, 252, 20, "#e8b83c", "#a5683a"),
    ) +
      box(150, 92, 100, 26, 13, "#f7efd9") +
      line("M166 105H234", c.line, 5),
  ) +
  [
    [310, 346, 20],
    [326, 330, 70],
    [338, 350, 130],
    [302, 364, 60],
    [350, 332, 0],
  ]
    .map(([x = 0, y = 0, a = 0]) => turn(a, x, y, oval(x, y, 6, 3.6, "#6b4f3a"), oval(x - 1, y - 1, 3, 1.2, "#b39068")))
    .join("");

export const nestBox: Drawing = (pen, c) => {
  const grain = (x: number) => `M${x} 120C${x + 6} 180 ${x - 4} 240 ${x + 2} 320`;
  return (
    box(182, 20, 36, 362, 5, c.deep) +
    box(182, 20, 12, 362, 5, c.shade) +
    dot(200, 36, 6, steel.base) +
    dot(200, 362, 6, steel.base) +
    pen.body(
      "M112 118 H288 V332 H112Z",
      c.base,
      line([130, 152, 176, 222, 246, 270].map(grain).join(""), c.shade, 2.4),
      shape("M252 110H300V340H246Z", c.shade, 0.8),
      shape("M112 110H124V340H112Z", c.light),
      shape("M112 118H288V140H112Z", c.line, 0.35),
      line("M112 252 C160 250 240 254 288 252", c.deep, 2),
    ) +
    dot(200, 196, 45, "#7c878c") +
    dot(200, 196, 45, gloss(pen, steel)) +
    dot(200, 196, 30, "#2b211a") +
    [
      [170, 168],
      [230, 168],
      [170, 224],
      [230, 224],
    ]
      .map(([x = 0, y = 0]) => dot(x, y, 3, steel.line))
      .join("") +
    shape("M180 222 C172 206 176 182 196 178 C216 176 226 192 222 208 L216 222 C206 228 190 228 180 222Z", "#5f88a8") +
    shape("M184 206 C190 196 212 196 220 206 C222 216 214 226 200 226 C190 226 182 218 184 206Z", "#f0d774") +
    shape("M178 196 C190 190 210 190 222 196 L220 202 C206 198 194 198 180 202Z", "#2f3d4a") +
    dot(193, 197, 2.6, "#fff") +
    shape("M176 200 l-12 4 l12 5z", "#3a3a3a") +
    shape("M84 118 L96 78 H304 L320 118 C320 124 316 126 312 126 H92 C86 126 82 124 84 118Z", c.light) +
    shape("M84 118 H320 C320 124 316 126 312 126 H92 C86 126 82 124 84 118Z", c.deep) +
    line("M112 92C180 88 240 96 292 90M104 106C180 102 250 110 304 104", c.base, 2.4) +
    line("M288 316 q14 0 14 -14", steel.deep, 5) +
    dot(288, 316, 5, steel.base)
  );
};

export const feeder: Drawing = (pen, c) => {
  const seed = pen.tile(
    34,
    26,
    oval(6, 6, 5, 3.4, "#3f342a"),
    oval(20, 4, 5, 3.4, "#e2c48d"),
    oval(28, 15, 5, 3.2, "#8a6238"),
    oval(12, 17, 5, 3.4, "#3f342a"),
    oval(24, 23, 4, 2.6, "#e2c48d"),
  );
  const perch = (x: number, y: number, way: number) =>
    line(`M${x} ${y} h${way * 40}`, c.line, 7) +
    line(`M${x} ${y - 1} h${way * 38}`, c.glow, 2) +
    oval(x, y - 16, 8, 10, "#3a3a38");
  return (
    line("M200 0V40M200 40 C150 60 150 90 152 110M200 40 C250 60 250 90 248 110", "#6b7276", 4) +
    ring(200, 40, 9, "#6b7276", 4) +
    pen.body(
      "M146 120 H254 V318 H146Z",
      "#e6f0f0",
      shape("M140 176 C170 168 230 184 260 174 V330 H140Z", "#b98f55"),
      shape("M140 190 C170 182 230 196 260 188 V330 H140Z", seed),
      box(156, 120, 11, 200, 5, "#fff", 0.6),
      shape("M232 110h30v220h-38z", "#5a4630", 0.25),
    ) +
    perch(146, 210, -1) +
    perch(254, 210, 1) +
    perch(146, 288, -1) +
    perch(254, 288, 1) +
    shape("M124 126 C128 96 170 80 200 80 C230 80 272 96 276 126 C240 138 160 138 124 126Z", gloss(pen, c)) +
    line("M150 108 C164 96 180 92 194 90", "#fff", 5, 0.6) +
    drum(pen, c, 138, 316, 124, 12, 10) +
    shape("M96 334 C130 324 270 324 304 334 C300 358 260 364 200 364 C140 364 100 358 96 334Z", gloss(pen, c)) +
    oval(200, 334, 104, 12, c.light) +
    oval(200, 335, 94, 8, c.deep) +
    dashes("M120 335H280", "#e2c48d", 4, "0 11") +
    dashes("M128 338H276", "#3f342a", 4, "0 17") +
    robin()
  );
};
const robin = (): string =>
  turn(
    6,
    310,
    260,
    shape("M338 278 L376 314 L366 320 L328 296Z", "#6b543f") +
      shape(
        "M282 236 C282 214 304 202 322 212 C344 222 352 256 336 280 C326 294 300 294 288 282 C278 270 280 252 282 236Z",
        "#8a6b4c",
      ) +
      shape("M282 228 C284 222 296 216 304 222 C316 240 314 270 300 284 C286 284 278 262 282 228Z", "#d9622f") +
      shape("M286 276 C294 262 306 262 310 288 C302 292 290 288 286 276Z", "#efe2cc") +
      shape("M318 232 C340 240 344 270 328 288 C314 276 310 252 318 232Z", "#6b543f") +
      dot(298, 224, 4, "#1d1a18") +
      dot(296.5, 222.5, 1.4, "#fff") +
      shape("M281 228 l-14 4 l14 6z", "#3d3a36") +
      line("M298 288v10M308 290v8", "#4a3a2c", 3),
  );
