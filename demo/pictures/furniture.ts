import { box, type Drawing, dashes, dot, line, mirrored, oval, shape, stitch } from "./pen.ts";
import { inShade, LEATHER, STEEL, tonesOf, WOOD } from "./tones.ts";

const wood = tonesOf(WOOD);
const steel = tonesOf(STEEL);
const tube = (d: string): string => line(d, "#4b5257", 11) + line(d, "#7b858b", 4);

export const campChair: Drawing = (pen, c) => {
  pen.stands(200, 336, 130, 20);
  const sling = mirrored("M200 66 C160 62 126 66 104 78 C104 140 96 190 92 232 C100 260 130 276 200 282");
  return (
    tube("M120 322 L258 236M280 322 L142 236") +
    tube("M86 334 L150 240 M314 334 L250 240") +
    tube("M104 80 L150 250M296 80 L250 250") +
    pen.body(
      sling,
      c.base,
      shape("M250 50 C240 140 270 200 256 300 L330 300 L330 50Z", c.shade),
      shape("M92 200 C150 226 250 226 308 200 L320 300 H80Z", c.light),
      shape("M250 214 C280 212 300 204 310 198 L310 290 L250 290Z", c.base),
      line("M92 204 C150 228 250 228 308 204", c.deep, 3),
      stitch("M112 86 C140 76 260 76 288 86 M104 236 C130 262 270 262 296 236", c),
      shape("M150 66h100v40c-30 10-70 10-100 0z", c.deep, 0.7),
      dashes("M156 78H246M160 90H244M156 102H246", c.light, 2, "1 6"),
    ) +
    line("M104 78 L104 104M296 78 L296 104", c.line, 12) +
    line("M92 232 L98 216M308 232 L302 216", c.line, 12) +
    [
      [86, 334],
      [314, 334],
      [120, 322],
      [280, 322],
    ]
      .map(([x = 0, y = 0]) => oval(x, y, 13, 6, "#2f3437"))
      .join("")
  );
};

export const campTable: Drawing = (pen, c) => {
  pen.stands(200, 336, 150, 20);
  const slat = (at: number) => {
    const y = 132 + at * 14;
    const x = 78 - at * 7.5;
    const w = 400 - 2 * x;
    return (
      box(x, y, w, 12, 3, at % 2 ? c.base : c.light) +
      line(`M${x + 20} ${y + 6}h${w * 0.3}M${x + w * 0.55} ${y + 7}h${w * 0.25}`, c.shade, 1.6)
    );
  };
  return (
    tube("M112 236 L280 330M288 236 L120 330") +
    tube("M68 236 L316 334M332 236 L84 334") +
    [
      [316, 334],
      [84, 334],
      [280, 330],
      [120, 330],
    ]
      .map(([x = 0, y = 0]) => oval(x, y, 12, 5, "#2f3437"))
      .join("") +
    [0, 1, 2, 3, 4, 5, 6].map(slat).join("") +
    box(32, 230, 336, 12, 4, c.deep) +
    line("M118 134 L96 226M282 134 L304 226", "#e8dcc0", 7, 0.85) +
    oval(262, 152, 32, 9, "#cfd6d5") +
    oval(262, 150, 32, 9, "#f4f1e8") +
    oval(262, 150, 20, 5, "#dfe3e0") +
    shape("M118 96h44l-4 58a18 5 0 0 1-36 0z", "#3f8078") +
    oval(140, 96, 22, 6, "#eef0ee") +
    oval(140, 97, 17, 4, "#5a3b27") +
    line("M160 108c20-4 20 30-2 28", "#3f8078", 6)
  );
};

export const stool: Drawing = (pen, c) => {
  pen.stands(200, 340, 110, 18);
  const leather = tonesOf(LEATHER);
  const leg = (d: string, t = wood) => line(d, t.deep, 17) + line(d, t.base, 11) + line(d, t.light, 3);
  return (
    leg("M206 130 L200 342", inShade(c)) +
    leg("M110 128 L282 340", c) +
    leg("M290 128 L118 340", c) +
    dot(200, 238, 15, steel.deep) +
    dot(200, 238, 11, "#cda24b") +
    dot(197, 235, 4, "#f0dba0") +
    pen.body(
      "M84 116 C120 92 160 88 204 90 C250 88 284 96 316 116 C300 146 250 168 200 170 C150 168 100 146 84 116Z",
      leather.base,
      shape("M230 80 C250 110 240 150 210 180 L340 180 L330 80Z", leather.shade),
      shape("M110 112 C150 142 250 142 290 112 C260 104 140 104 110 112Z", leather.deep, 0.6),
      stitch("M98 118 C120 144 160 158 200 160 C240 158 280 144 302 118", leather),
      line("M120 108 C150 98 180 96 200 97", leather.glow, 5, 0.6),
    ) +
    [
      [96, 118],
      [304, 118],
      [204, 162],
    ]
      .map(([x = 0, y = 0]) => dot(x, y, 6, "#cda24b") + dot(x - 2, y - 2, 2, "#f5e5b8"))
      .join("") +
    line("M214 244 C260 262 268 296 258 312", leather.deep, 9) +
    dashes("M214 244 C260 262 268 296 258 312", "#ecd3ad", 1.8, "4 4")
  );
};
