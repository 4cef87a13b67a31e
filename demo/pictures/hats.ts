import { type Drawing, dashes, dot, line, mirrored, oval, seam, shape, stitch } from "./pen.ts";
import { BRASS, inShade, LEATHER, tonesOf } from "./tones.ts";

const CROWN = mirrored("M200 78 C128 78 84 130 80 228 L200 244");
const RIBS =
  "M118 110C104 140 98 180 96 240M146 90C130 130 124 180 122 250M172 80C162 120 156 180 154 250M200 78V250M228 80C238 120 244 180 246 250M254 90C270 130 276 180 278 250M282 110C296 140 302 180 304 240";

export const watchCap: Drawing = (pen, c) => {
  const fold =
    "M72 214 C120 238 280 238 328 214 C334 236 334 274 326 298 C280 320 120 320 74 298 C66 274 66 236 72 214Z";
  const ribs = Array.from({ length: 17 }, (_, at) => `M${76 + at * 15.5} 210V320`).join("");
  return (
    pen.body(
      CROWN,
      c.base,
      line(RIBS, c.shade, 7),
      shape("M252 70 C290 130 290 180 286 250 L340 250 L340 70Z", c.shade, 0.8),
      line("M112 128C98 156 94 190 92 220", c.light, 8),
    ) +
    pen.body(
      fold,
      c.light,
      line(ribs, c.base, 6),
      shape("M268 200H340V330H262Z", c.shade, 0.75),
      line("M72 218 C120 242 280 242 328 218", c.deep, 3, 0.7),
      shape("M60 292 C120 316 280 316 340 292V330H60Z", c.base, 0.6),
    )
  );
};

export const bobbleHat: Drawing = (pen, c) => {
  const oat = tonesOf("#ead9b4");
  const third = tonesOf("#c8743f");
  const band =
    "M72 236 C120 258 280 258 328 236 C332 254 332 288 326 306 C280 328 120 328 74 306 C68 288 68 254 72 236Z";
  const crown = mirrored("M200 104 C132 104 88 148 82 246 L200 262");
  const fluff = Array.from({ length: 20 }, (_, at) => {
    const [sin, cos] = [Math.sin((at * Math.PI) / 10), Math.cos((at * Math.PI) / 10)];
    return `M${Math.round(200 + 22 * cos)} ${Math.round(82 + 22 * sin)}L${Math.round(200 + 44 * cos)} ${Math.round(82 + 44 * sin)}`;
  }).join("");
  return (
    dot(200, 82, 38, oat.base) +
    line(fluff, oat.base, 9) +
    dot(210, 90, 28, oat.shade, 0.7) +
    dashes(fluff, oat.light, 3, "5 9") +
    pen.body(
      crown,
      c.base,
      line("M76 216 Q200 240 324 216", oat.base, 20),
      line("M80 190 Q200 212 320 190", third.base, 12),
      line("M96 156 Q200 174 304 156", oat.base, 8),
      dashes("M76 216 Q200 240 324 216", c.base, 8, "1 14"),
      dashes("M90 172 Q200 192 310 172", c.shade, 3, "5 7"),
      dashes("M100 136 Q200 150 300 136", c.shade, 3, "5 7"),
      dashes("M130 116 Q200 126 270 116", c.shade, 3, "5 7"),
      shape("M250 90 C296 150 296 200 288 270 L340 270 L340 90Z", c.line, 0.22),
      line("M110 156C98 180 94 206 92 230", c.glow, 7, 0.5),
    ) +
    pen.body(
      band,
      c.deep,
      line(Array.from({ length: 18 }, (_, at) => `M${74 + at * 15} 230V330`).join(""), c.shade, 5),
      shape("M276 220H340V330H270Z", c.line, 0.3),
    )
  );
};

export const brimHat: Drawing = (pen, c) => {
  const brim =
    "M30 262 C60 226 130 214 200 214 C270 214 340 226 370 262 C376 276 340 290 290 298 C230 308 160 308 108 298 C56 290 22 276 30 262Z";
  const crown =
    "M108 244 C110 190 118 130 138 108 C160 88 186 100 200 100 C214 100 240 88 262 108 C282 130 290 190 292 244 C240 262 160 262 108 244Z";
  return (
    line("M112 270 C110 330 160 352 204 354 C250 352 288 330 290 268", LEATHER, 4) +
    dot(204, 346, 8, tonesOf(LEATHER).deep) +
    pen.body(
      brim,
      c.base,
      shape("M240 200 C270 240 260 290 230 320 L390 320 L390 200Z", c.shade),
      oval(200, 250, 112, 26, c.deep, 0.55),
      stitch(
        "M44 262 C72 238 130 228 200 228 C270 228 328 238 356 262 C350 276 290 290 200 292 C110 290 50 276 44 262Z",
        c,
      ),
    ) +
    pen.body(
      crown,
      c.base,
      shape("M240 90 C256 150 256 200 246 270 L310 270 L310 90Z", c.shade),
      shape("M138 100 C120 150 116 200 118 260 L96 260 L100 100Z", c.light),
      shape("M150 104 C176 128 224 128 250 104 C240 96 216 102 200 102 C184 102 160 96 150 104Z", c.deep, 0.7),
      seam("M200 122V160", c, 2),
      line("M100 222 C150 244 250 244 300 222", tonesOf(LEATHER).base, 20),
      line("M100 212 C150 234 250 234 300 212", inShade(c).deep, 2),
      dashes("M104 229 C150 251 250 251 296 229", "#e6c9a0", 1.8, "5 5"),
    ) +
    dot(136, 176, 5, BRASS) +
    dot(136, 176, 2, c.line) +
    dot(152, 190, 5, BRASS) +
    dot(152, 190, 2, c.line) +
    dot(262, 180, 5, BRASS) +
    dot(262, 180, 2, c.line)
  );
};

export const neckTube: Drawing = (pen, c) => {
  const tube = mirrored("M200 84 C150 84 116 92 110 104 C104 150 112 250 104 304 C120 322 160 328 200 328");
  return (
    pen.body(
      tube,
      c.base,
      shape("M254 70 C240 140 264 240 248 340 L310 340 L310 70Z", c.shade),
      shape("M110 100 C126 160 122 250 126 330 L90 330 L90 100Z", c.light),
      line(
        "M106 176 C150 206 220 204 296 168 M110 218 C160 250 230 244 298 214 M132 140 C170 158 230 156 280 138 M108 268 C170 294 240 288 298 262",
        c.deep,
        3,
        0.55,
      ),
      line("M108 186 C150 216 220 214 296 178 M112 228 C160 260 230 254 298 224", c.light, 5, 0.7),
    ) +
    oval(200, 104, 90, 20, c.line) +
    pen.within("M110 104a90 20 0 0 0 180 0a90 20 0 0 0-180 0", oval(200, 114, 84, 20, c.deep)) +
    line("M110 104a90 20 0 0 0 180 0", c.light, 4) +
    stitch("M106 296 C122 314 160 319 200 319 C240 319 278 314 294 296", c) +
    shape("M226 262 l14 -22 l10 14 l6 -8 l14 18z", c.glow, 0.85)
  );
};
