import { box, type Drawing, dashes, dot, flip, line, mirrored, oval, scaled, seam, shape, stitch } from "./pen.ts";
import { inShade, LEATHER, STEEL, type Tones, tonesOf, WOOD } from "./tones.ts";

const peg = (x: number, y: number): string => line(`M${x} ${y - 6}l-3 14`, "#8d9498", 4);
const guy = (from: string, x: number, y: number): string => line(`M${from}L${x} ${y}`, "#f3ead2", 2.2) + peg(x, y);
const doorway = (t: Tones): string => t.line;

/** One hoop, and a side door rolled open. */
export const onePersonTent: Drawing = (pen, c) => {
  pen.stands(200, 300, 160, 20);
  const fly = "M46 300 C70 240 130 132 206 128 C262 128 330 236 356 300Z";
  return (
    guy("60 268", 24, 306) +
    guy("340 262", 378, 306) +
    pen.body(
      fly,
      c.base,
      shape("M206 120 C250 170 280 250 284 310 L370 310 L330 120Z", c.shade),
      shape("M206 128 C150 160 110 240 104 310 L30 310 L120 130Z", c.light),
      shape("M168 310 C170 250 184 196 206 160 C226 200 244 256 248 310Z", doorway(c)),
      shape("M178 310 C182 270 190 240 200 220 L214 310Z", "#e3b45e", 0.9),
      shape("M206 152 C196 200 206 260 168 310 L152 310 C158 240 176 190 206 152Z", c.glow),
      seam("M206 128 C226 190 246 250 250 310", c),
      line("M46 294H356", c.deep, 7),
    ) +
    line("M206 126 C150 150 112 220 102 298", c.line, 4) +
    line("M206 126 C256 150 282 220 288 298", c.line, 4) +
    dot(206, 128, 5, c.line)
  );
};

/** The old A-shape over two walking poles. */
export const ridgeTent: Drawing = (pen, c) => {
  pen.stands(210, 304, 168, 20);
  return (
    guy("150 110", 40, 300) +
    guy("320 132", 384, 284) +
    pen.body(
      "M150 108 L320 130 L364 282 L236 306Z",
      c.shade,
      shape("M240 100 L330 300 L370 290 L322 128Z", c.deep),
      seam("M230 118 L290 296", c),
      line("M236 300 L364 276", c.line, 8),
      line("M150 108L320 130", c.light, 6),
    ) +
    pen.body(
      "M150 108 L236 306 L64 306Z",
      c.base,
      shape("M150 108 L64 306 L100 306Z", c.light),
      shape("M150 150 L196 310 L104 310Z", doorway(c)),
      shape("M150 168 L178 310 L128 310Z", "#e3b45e", 0.85),
      shape("M150 150 L104 310 L88 310 C120 260 140 220 146 150Z", c.glow),
      line("M60 302H240", c.deep, 8),
    ) +
    line("M150 96V306", STEEL, 5) +
    line("M150 96V116", "#3a3f42", 7) +
    peg(64, 306) +
    peg(236, 306)
  );
};

/** Four poles that cross five times. */
export const domeTent: Drawing = (pen, c) => {
  pen.stands(200, 304, 164, 20);
  const dome = mirrored("M200 98 C116 98 60 190 40 300 L200 312");
  const skirt = "M34 296 C120 318 280 318 366 296 L376 308 C280 330 120 330 24 308Z";
  const pole = (d: string) => line(d, c.line, 8) + line(d, "#f2ead6", 4);
  return (
    guy("92 178", 18, 296) +
    guy("308 178", 382, 296) +
    shape(skirt, c.deep) +
    pen.body(
      dome,
      c.base,
      shape("M226 90 C300 140 320 240 316 320 L380 320 L350 100Z", c.shade),
      shape("M170 98 C100 150 80 240 78 320 L20 320 L90 110Z", c.light),
      shape("M154 320 C150 250 168 206 200 190 C232 206 250 250 246 320Z", doorway(c)),
      shape("M164 320 C162 262 174 226 200 208 L200 320Z", tonesOf("#e3b45e").base, 0.9),
      shape("M200 190 C168 206 150 250 154 320 L136 320 C132 240 158 196 200 180Z", c.glow),
      shape("M176 120h48l10 22q-34 12-68 0z", c.deep),
      line("M200 208V320", c.glow, 3),
    ) +
    pole("M96 302 C110 200 160 120 262 114") +
    pole("M304 302 C290 200 240 120 138 114") +
    pole("M56 240 C130 150 270 150 344 240")
  );
};

/** Two bedrooms and a deep porch, standing height between. */
export const familyTent: Drawing = (pen, c) => {
  pen.stands(200, 304, 172, 20);
  const canvas = tonesOf("#efe3c8");
  return (
    guy("52 190", 14, 298) +
    guy("348 190", 388, 298) +
    pen.body(
      "M40 300 C42 240 60 186 92 150 L306 150 C340 186 356 240 360 300Z",
      canvas.base,
      shape("M300 140 C310 200 312 260 312 310 L370 310 L350 140Z", canvas.shade),
      seam("M110 150 C94 200 88 250 88 300M300 150 C312 200 316 250 316 300", canvas),
      box(52, 222, 28, 30, 6, c.deep),
      box(322, 222, 28, 30, 6, c.deep),
      line("M40 296H360", c.deep, 12),
    ) +
    pen.body(
      "M36 220 C60 150 110 100 200 92 C290 100 340 150 364 220 C330 196 300 188 290 190 L110 190 C90 188 64 200 36 220Z",
      c.base,
      shape("M216 80 C260 120 280 160 286 200 L380 230 L350 90Z", c.shade),
      shape("M180 90 C120 130 104 160 96 196 L20 230 L60 100Z", c.light),
      seam("M200 92V190", c),
      stitch("M44 208 C70 188 92 180 110 182 H290 C310 180 334 190 356 208", c),
    ) +
    pen.body(
      "M134 300 V204 C150 186 250 186 266 204 V300Z",
      canvas.line,
      box(150, 252, 46, 6, 2, WOOD),
      line("M156 258V296M190 258V296", WOOD, 4),
      shape("M150 250h20l-3-18h-14z", "#c8603a"),
      dot(232, 216, 9, "#ffe9a8"),
      dot(232, 216, 20, "#ffe9a8", 0.25),
    ) +
    shape("M134 204 C140 230 128 270 116 300 L134 300Z", canvas.glow) +
    flip(shape("M134 204 C140 230 128 270 116 300 L134 300Z", canvas.shade)) +
    line("M127 256h16M257 256h16", c.base, 4)
  );
};

export const tarp: Drawing = (pen, c) => {
  pen.stands(200, 316, 160, 18);
  const post = (x: number, y: number, to: number) =>
    line(`M${x} ${y}V${to}`, tonesOf(WOOD).deep, 7) + line(`M${x - 1.5} ${y}V${to}`, WOOD, 3);
  return scaled(
    1.12,
    post(112, 116, 308) +
      post(304, 130, 296) +
      guy("112 118", 34, 304) +
      guy("304 132", 382, 284) +
      pen.body(
        "M112 116 C170 140 240 146 304 130 L362 236 C290 226 220 236 178 286Z",
        c.base,
        shape("M230 130 C260 170 286 200 300 240 L370 240 L304 120Z", c.shade),
        line("M112 116 C160 160 176 220 178 286", c.light, 14),
        seam("M200 138 L270 240", c),
        dashes("M182 276 C224 230 290 220 356 230", c.glow, 1.8, "5 5"),
        line("M150 150 C190 170 230 176 300 160", c.light, 4, 0.6),
      ) +
      pen.body("M112 116 C170 140 240 146 304 130 L290 124 C230 130 170 122 112 116Z", c.deep) +
      [
        [112, 116],
        [304, 130],
        [362, 236],
        [178, 286],
        [270, 242],
        [146, 198],
      ]
        .map(([x = 0, y = 0]) => dot(x, y, 5, "#f3ead2") + dot(x, y, 2, c.line))
        .join("") +
      guy("178 286", 150, 322) +
      guy("362 236", 388, 262),
  );
};

export const hammock: Drawing = (pen, c) => {
  const bark = tonesOf("#7d6248");
  pen.stands(200, 330, 150, 16);
  const tree = (x: number) =>
    pen.body(
      `M${x} -10 C${x + 4} 140 ${x + 2} 240 ${x - 10} 334 Q${x + 26} 346 ${x + 62} 334 C${x + 48} 240 ${x + 46} 140 ${x + 50} -10Z`,
      bark.base,
      shape(`M${x + 32} 0 H${x + 80} V350 H${x + 30}Z`, bark.shade),
      line(
        `M${x + 12} 40v60M${x + 20} 170v70M${x + 26} 60v40M${x + 10} 260v50M${x + 38} 120v60M${x + 40} 220v70`,
        bark.deep,
        3,
      ),
    );
  const cloth = "M92 168 C130 250 270 250 308 168 C300 262 260 306 200 306 C140 306 100 262 92 168Z";
  return (
    tree(16) +
    tree(334) +
    line("M16 130 L66 124M334 124L388 130", "#f0e4c6", 12) +
    line("M62 128 L92 168 M338 128 L308 168", "#f0e4c6", 4) +
    shape("M92 168 C130 226 270 226 308 168 C270 262 130 262 92 168Z", c.line) +
    pen.body(
      cloth,
      c.base,
      shape("M240 160 C250 240 230 280 210 310 L320 310 L320 160Z", c.shade),
      line("M100 190 C140 280 230 300 280 270M98 178 C130 270 190 300 240 296", c.light, 5, 0.7),
      line("M304 186 C270 276 200 300 150 290", c.deep, 3, 0.5),
    ) +
    line("M92 168 C130 250 270 250 308 168", inShade(c).base, 5) +
    dashes("M92 168 C130 250 270 250 308 168", c.glow, 1.8, "5 5", 0.8)
  );
};

export const repairRoll: Drawing = (pen, c) => {
  const hide = tonesOf(LEATHER);
  const cloth = "M60 110 H320 C330 110 336 116 336 126 V284 C336 292 330 298 320 298 H60Z";
  return (
    pen.body(
      cloth,
      c.base,
      shape("M60 214 H340 V300 H60Z", c.light),
      line("M60 214H340", c.deep, 3),
      stitch("M60 221H336M66 118H328V290H66", c),
      seam("M128 214V300M196 214V300M264 214V300", c),
    ) +
    box(142, 150, 40, 110, 4, "#c8603a") +
    box(146, 154, 12, 100, 3, "#de8560") +
    box(210, 138, 40, 122, 4, "#5b7f86") +
    box(276, 160, 40, 100, 4, "#d3a94a") +
    pen.body(
      "M60 214 H340 V300 H60Z",
      c.light,
      seam("M128 214V300M196 214V300M264 214V300", c),
      stitch("M60 221H336M66 290H328", c),
    ) +
    line("M88 132V206", STEEL, 12) +
    line("M85 132V206", "#e8ecee", 3) +
    line("M112 140V206", STEEL, 3) +
    line("M122 150V206", STEEL, 3) +
    oval(112, 142, 2, 5, "#7d868b") +
    pen.body(
      "M36 104 C36 92 84 92 84 104 V304 C84 316 36 316 36 304Z",
      c.shade,
      shape("M62 90H90V320H62Z", c.deep),
      line("M44 110V300", c.light, 6),
    ) +
    oval(60, 104, 24, 9, c.light) +
    oval(60, 104, 13, 5, c.deep) +
    line("M336 190 H372", hide.base, 12) +
    line("M336 220 H372", hide.base, 12) +
    dashes("M340 190 H370M340 220H370", "#ecd3ad", 1.8, "4 4")
  );
};
