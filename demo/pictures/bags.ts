import { box, type Drawing, dashes, dot, line, mirrored, shape, stitch } from "./pen.ts";
import { band, matt } from "./solids.ts";
import { inShade, LEATHER, type Tones, tonesOf } from "./tones.ts";

const WEB = "#363b3e";
const hide = tonesOf(LEATHER);

export const duffel: Drawing = (pen, c) => {
  pen.stands(200, 314, 158, 22);
  const body =
    "M62 170 C84 146 312 146 336 170 C356 200 358 270 340 304 C300 320 100 320 60 304 C42 270 44 200 62 170Z";
  return (
    line("M138 190 C138 78 262 78 262 190", WEB, 13) +
    dashes("M138 190 C138 78 262 78 262 190", "#6a7175", 1.6, "4 5") +
    box(172, 98, 56, 22, 10, c.deep) +
    pen.body(
      body,
      c.base,
      shape("M300 140 C286 200 300 270 286 330 L370 330 L370 140Z", c.shade),
      shape("M30 270H370V330H30Z", c.deep),
      shape("M62 170 C84 150 180 146 220 150 L200 176 L54 200Z", c.light),
      dashes("M48 236 C100 242 300 242 352 236", c.light, 1.6, "5 5"),
      line("M66 184 C120 164 280 164 334 184", c.line, 9),
      dashes("M66 184 C120 164 280 164 334 184", "#cfd4d2", 3, "2 4"),
      line("M138 180 V330M262 180V330", WEB, 15),
      dashes("M133 184V320M143 184V320M257 184V320M267 184V320", "#6a7175", 1.4, "4 5"),
      box(164, 220, 72, 40, 6, c.shade),
      shape("M180 250 l16 -20 l10 12 l7 -8 l13 16z", c.glow),
    ) +
    line("M60 214 C34 220 34 262 58 266", WEB, 10) +
    line("M340 214 C366 220 366 262 342 266", WEB, 10) +
    dot(92, 176, 6, "#cfd4d2") +
    line("M92 176v18", c.glow, 5)
  );
};

export const tote: Drawing = (pen, c) => {
  pen.stands(200, 340, 112, 18);
  const leaf = tonesOf("#6f8f4c");
  const leek = (x: number, y: number, lean: number) =>
    line(`M${x} 190 L${x + lean * 0.3} ${y + 60}`, "#eef0dc", 15) +
    line(
      `M${x + lean * 0.3} ${y + 64} Q${x + lean * 0.6} ${y + 20} ${x + lean} ${y}M${x + lean * 0.3} ${y + 64} Q${x + lean * 0.2} ${y + 20} ${x - 8} ${y + 6}`,
      leaf.base,
      11,
    ) +
    line(`M${x + lean * 0.3} ${y + 60} L${x + lean * 0.5} ${y + 4}`, leaf.light, 5);
  return (
    leek(236, 70, 34) +
    leek(260, 92, 46) +
    line("M150 176 C150 40 250 40 250 176", c.deep, 13) +
    pen.body(
      mirrored("M200 168 L106 168 C104 230 108 290 112 328 C114 338 122 342 132 342 L200 342"),
      c.base,
      shape("M254 150 C246 220 272 290 258 360 L310 360 L310 150Z", c.shade),
      shape("M100 160 C124 220 116 300 124 350 L90 350 L90 160Z", c.light),
      line("M96 186H304", c.deep, 2.5),
      stitch("M96 180H304M112 326H290", inShade(c)),
      shape("M96 306H304V350H96Z", c.shade, 0.7),
      line("M160 210 C164 240 158 280 162 300M238 204 C234 240 242 270 238 300", c.deep, 2.5, 0.35),
    ) +
    line("M146 196 C146 74 254 74 254 196", c.light, 14) +
    line("M254 196 C254 150 246 118 230 108", c.base, 14) +
    stitch("M146 196 C146 74 254 74 254 196", inShade(inShade(c))) +
    box(136, 184, 20, 32, 2, c.light) +
    box(244, 184, 20, 32, 2, c.base) +
    line("M139 188l14 24M153 188l-14 24M247 188l14 24M261 188l-14 24", c.deep, 1.8) +
    box(180, 238, 44, 30, 3, hide.base) +
    stitch("M184 242h36v22h-36z", hide)
  );
};

export const dryBag: Drawing = (pen, c) => {
  pen.stands(200, 342, 92, 18);
  return (
    shape("M112 150 C108 130 126 112 136 96 H264 C274 112 292 130 288 150 V316 A88 22 0 0 1 112 316Z", matt(pen, c)) +
    band(112, 300, 176, 22, c.deep, 4) +
    shape("M112 300a88 22 0 0 0 176 0v16a88 22 0 0 1-176 0z", c.line, 0.35) +
    line("M130 146 L150 106M270 146 L250 106M164 132 L172 104M236 132 L228 104", c.deep, 3, 0.6) +
    box(150, 168, 56, 116, 14, "#e9f1f1") +
    pen.within(
      "M164 168h28q14 0 14 14v88q0 14-14 14h-28q-14 0-14-14v-88q0-14 14-14z",
      shape("M146 236 C160 226 180 232 210 224 V300 H146Z", "#a5483c"),
      dashes("M150 250H206M150 264H206", "#f1e8d4", 4, "4 5"),
      shape("M146 210 C170 200 190 216 210 206 V228 C190 236 170 226 146 240Z", "#d3a94a"),
      shape("M156 160h12l-8 130h-14z", "#fff", 0.45),
    ) +
    line("M228 176V280", "#f4efe2", 5) +
    dashes("M228 176V280", c.deep, 1.6, "6 6") +
    pen.body(
      "M120 72 C150 64 250 64 280 72 C286 80 286 96 280 104 C250 112 150 112 120 104 C114 96 114 80 120 72Z",
      c.light,
      shape("M120 90H290V120H120Z", c.base),
      line("M118 84 C150 78 250 78 282 84M118 96 C150 92 250 92 282 96", c.deep, 2.5),
    ) +
    line("M122 86 C100 60 130 42 186 44M278 86 C300 60 270 42 214 44", WEB, 11) +
    box(178, 32, 44, 24, 6, "#22272a") +
    box(190, 38, 20, 12, 3, "#555d61") +
    dot(120, 88, 6, WEB) +
    dot(280, 88, 6, WEB)
  );
};

export const packingCubes: Drawing = (pen, c) => {
  pen.stands(200, 330, 146, 20);
  const cube = (t: Tones, x: number, y: number, w: number, h: number) => {
    const top = `M${x} ${y + 34} L${x + 30} ${y} H${x + w - 22} L${x + w} ${y + 34}Z`;
    return (
      pen.body(
        `M${x} ${y + 34}h${w}v${h}q0 10-10 10h${20 - w}q-10 0-10-10z`,
        t.base,
        shape(`M${x + w * 0.72} ${y}h${w}v${h + 60}h${-w}z`, t.shade),
        line(`M${x} ${y + 46}h${w}`, t.line, 5),
        dashes(`M${x} ${y + 46}h${w}`, t.glow, 1.5, "2 4"),
        stitch(`M${x + 6} ${y + h + 34}h${w - 12}`, t),
      ) +
      pen.body(
        top,
        t.deep,
        dashes([6, 12, 18, 24, 30].map((at) => `M${x} ${y + at}h${w}`).join(""), t.light, 2.4, "1 6"),
      ) +
      line(`${top}`, t.light, 6) +
      line(`M${x + w / 2 - 26} ${y + 70} q26 18 52 0`, t.line, 8) +
      dot(x + w - 18, y + 46, 5, "#e8dcc0")
    );
  };
  return (
    cube(c, 56, 206, 288, 84) + cube(tonesOf("#cf8a4c"), 66, 112, 130, 66) + cube(tonesOf("#7d6a86"), 206, 112, 130, 66)
  );
};

/** A white cross on green, because the red one is protected. */
export const firstAid: Drawing = (pen, c) => {
  const white = "#f7f4ec";
  return (
    line("M164 96 C164 56 236 56 236 96", c.line, 12) +
    pen.body(
      "M84 118 C84 100 96 92 112 92 H288 C304 92 316 100 316 118 V292 C316 308 304 316 288 316 H112 C96 316 84 308 84 292Z",
      c.base,
      shape("M268 80 C256 160 280 240 262 330 L330 330 L330 80Z", c.shade),
      shape("M70 80H122C110 160 122 250 112 330H70Z", c.light),
      line("M80 150 H320", c.line, 8),
      dashes("M80 150H320", "#e7e3d8", 2.6, "2 4"),
      stitch(
        "M92 140 V120 Q92 100 112 100 H288 Q308 100 308 120 V140 M92 162 V290 Q92 308 112 308 H288 Q308 308 308 290 V162",
        c,
      ),
    ) +
    dot(200, 230, 58, c.deep) +
    shape("M186 192h28v24h24v28h-24v24h-28v-24h-24v-28h24z", white) +
    shape("M200 192h14v24h24v28h-24v24h-14z", "#dcdfd6") +
    dot(306, 150, 7, "#e7e3d8") +
    line("M306 150 L318 172", "#e7e3d8", 6)
  );
};

export const mapCase: Drawing = (pen, c) => {
  const map = "M112 118 H288 V322 H112Z";
  return (
    line("M112 92 C60 20 340 20 288 92", c.deep, 6) +
    pen.body(
      "M92 84 H308 C316 84 320 90 320 98 V330 C320 340 314 344 306 344 H94 C86 344 80 340 80 330 V98 C80 90 84 84 92 84Z",
      c.light,
      shape("M276 70H330V360H262Z", c.base),
    ) +
    pen.body(
      map,
      "#eef0d8",
      shape("M100 230 C150 190 190 250 300 196 V330 H100Z", "#cfdcae"),
      shape("M220 118 C230 160 270 170 300 160 V110 H220Z", "#cfdcae"),
      line(
        "M142 184a26 18 0 1 0 52 0a26 18 0 1 0-52 0M122 184a46 32 0 1 0 92 0a46 32 0 1 0-92 0M102 184a66 46 0 1 0 132 0a66 46 0 1 0-132 0",
        "#b98a55",
        2,
      ),
      line("M104 300 C150 270 180 300 210 262 C230 236 280 246 300 220", "#6fa9c4", 6),
      dashes("M120 326 C150 290 170 240 210 220 C240 204 230 160 262 130", "#c0392f", 3.5, "8 6"),
      line("M156 110V330M200 110V330M244 110V330M104 162H300M104 206H300M104 250H300M104 294H300", "#7d8f96", 0.8, 0.6),
      dot(168, 184, 4, "#8a5a2c"),
      shape("M258 120l8 14h-16z", "#c0392f"),
    ) +
    shape("M112 118 L210 118 L112 270Z", "#fff", 0.35) +
    shape("M80 84 h240 v22 h-240z", c.base) +
    line("M84 92H316M84 100H316", c.deep, 2.5) +
    line("M108 86v22M292 86v22", c.line, 9) +
    stitch("M90 116V334H310V116", inShade(inShade(c)))
  );
};
