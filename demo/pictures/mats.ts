import { box, type Drawing, dashes, dot, line, mirrored, move, oval, shape, turn } from "./pen.ts";
import { tonesOf } from "./tones.ts";

export const airMat: Drawing = (pen, c) => {
  const d = mirrored(
    "M200 30 C156 28 118 36 112 62 C106 110 118 150 118 200 C120 260 130 310 138 346 C144 366 170 370 200 370",
  );
  const tubes = [148, 174, 200, 226, 252]
    .map((x) => `M${x} 40 C${x + (200 - x) * 0.02} 160 ${x + (200 - x) * 0.1} 260 ${x + (200 - x) * 0.24} 366`)
    .join("");
  return turn(
    16,
    200,
    200,
    pen.body(
      d,
      c.base,
      move(-11, 0, line(tubes, c.light, 12, 0.8)),
      line(tubes, c.deep, 4),
      shape("M250 20 C262 140 252 270 240 380 L300 380 L300 20Z", c.line, 0.25),
      line("M112 70 Q200 84 290 70M132 336 Q200 348 268 336", c.deep, 4),
      box(176, 48, 48, 10, 5, c.glow),
    ) +
      line(d, c.deep, 5) +
      line("M122 66 C118 120 128 160 128 210", c.glow, 5, 0.7) +
      line("M252 58 L284 44", "#3b4145", 13) +
      dot(252, 58, 13, "#3b4145") +
      dot(252, 58, 8, "#6d777c") +
      dot(286, 43, 9, "#22272a"),
  );
};

/** Folded like an accordion, seen from its end. */
export const foamMat: Drawing = (pen, c) => {
  pen.stands(206, 318, 150, 22);
  const silver = tonesOf("#ccd2d2");
  const layers = [0, 1, 2, 3, 4, 5];
  const edge = (at: number) => `M60 ${300 - at * 26} L264 ${312 - at * 26}`;
  const side = (at: number) => `M264 ${312 - at * 26} L350 ${268 - at * 26}`;
  return (
    layers
      .map(
        (at) =>
          line(edge(at), at % 2 ? silver.base : c.base, 23) +
          line(side(at), at % 2 ? silver.deep : c.deep, 23) +
          line(`M62 ${294 - at * 26} L262 ${306 - at * 26}`, at % 2 ? silver.glow : c.light, 4) +
          dashes(`M74 ${304 - at * 26} L258 ${315 - at * 26}`, at % 2 ? silver.deep : c.shade, 5, "0 15"),
      )
      .join("") +
    [0, 2, 4]
      .map((at) =>
        line(`M60 ${300 - at * 26} C44 ${292 - at * 26} 44 ${280 - at * 26} 60 ${274 - at * 26}`, c.shade, 12),
      )
      .join("") +
    pen.body(
      "M52 164 L144 120 L358 132 L264 178Z",
      c.light,
      dashes([0, 1, 2, 3, 4].map((at) => `M${74 + at * 20} ${158 - at * 9} l200 12`).join(""), c.shade, 9, "0 22"),
      dashes([0, 1, 2, 3, 4].map((at) => `M${73 + at * 20} ${155 - at * 9} l200 12`).join(""), c.glow, 5, "0 22"),
    ) +
    line("M128 168 V312M224 174V318", "#444b46", 12) +
    line("M128 168 L212 124M224 174 L306 130", "#444b46", 12) +
    box(116, 226, 24, 20, 4, "#2b2f31") +
    box(212, 232, 24, 20, 4, "#2b2f31")
  );
};

export const vanMattress: Drawing = (pen, c) => {
  pen.stands(200, 306, 170, 20);
  const rolled = tonesOf(c.base);
  return (
    pen.body(
      "M40 226 L230 182 L372 214 L372 258 L178 312 L40 270Z",
      c.shade,
      shape("M40 226 L178 264 L178 320 L30 290Z", c.base),
      shape("M178 264 L372 214 V270 L178 320Z", c.deep),
      line("M40 248 L178 288 L372 236", c.line, 3),
      dashes("M40 248 L178 288 L372 236", "#f0e6cf", 1.6, "3 4"),
    ) +
    pen.body(
      "M40 226 L230 182 L372 214 L178 264Z",
      c.light,
      line("M88 215 L232 254 M136 204 L282 240 M184 193 L330 226", c.base, 4),
      line("M86 238 L278 193 M132 251 L326 204", c.base, 4),
      shape("M230 182 L372 214 L330 226 L190 190Z", c.glow, 0.5),
    ) +
    pen.body(
      "M196 206 C190 170 196 140 222 136 L330 160 C352 166 352 214 330 220 L220 214Z",
      rolled.base,
      shape("M190 190 L340 210 L340 230 L200 216Z", rolled.deep),
      line("M214 148 L328 172", rolled.glow, 7, 0.7),
      line("M250 138 C238 160 240 190 248 214 M296 150 C286 170 288 200 294 218", "#3d4347", 6),
    ) +
    oval(214, 175, 20, 39, rolled.light) +
    oval(214, 175, 13, 28, rolled.base) +
    oval(214, 175, 6, 15, rolled.deep)
  );
};
