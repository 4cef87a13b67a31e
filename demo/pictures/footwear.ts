import { box, type Drawing, dashes, dot, line, move, type Pen, seam, shape, stitch, turn } from "./pen.ts";
import { inShade, RUBBER, type Tones, tonesOf } from "./tones.ts";

/** Two of a kind on the ground, the farther one behind and in the shade; toes to the right. */
function pairOf(pen: Pen, c: Tones, one: (t: Tones) => string, by = 1.12): string {
  const wide = Math.round(128 * by);
  pen.stands(216, 316, wide);
  pen.stands(170, 296, wide - 16, 12);
  const both = move(-40, -20, one(inShade(c))) + one(c);
  return `<g transform="translate(${Math.round(206 - 200 * by)} ${Math.round(316 - 306 * by)}) scale(${by})">${both}</g>`;
}

const rubber = tonesOf(RUBBER);
const lugs = (from: number, to: number, y: number): string =>
  `<g stroke-linecap="butt">${dashes(`M${from} ${y}H${to}`, rubber.base, 10, "13 6")}</g>`;

const BOOT =
  "M126 92 C150 82 188 82 206 92 C208 130 210 156 224 176 C246 196 288 202 312 220 C332 236 338 256 336 280 L114 284 C108 240 130 190 126 92Z";

interface BootLook {
  lace: string;
  rand: string;
  lining: string;
  sole: string;
}

const boot =
  (look: BootLook): Drawing =>
  (pen, c) =>
    pairOf(
      pen,
      c,
      (t) => {
        const eyelets = [
          [204, 112],
          [206, 134],
          [212, 156],
          [226, 176],
          [250, 190],
          [274, 200],
        ] as const;
        return (
          shape("M186 74 C204 66 224 74 226 86 L258 200 L200 170Z", t.deep) +
          pen.body(
            BOOT,
            t.base,
            shape("M176 80 C180 150 196 200 246 214 C290 224 320 240 340 262 L340 190 L230 80Z", t.light),
            shape("M100 180 C150 190 164 230 158 290 L96 290Z", t.shade),
            seam("M122 186 C152 192 164 234 158 286 M178 86 C180 150 196 200 250 216 C262 236 264 260 262 286", t),
            stitch("M128 192 C146 198 156 236 150 284 M186 90 C188 150 202 192 252 208", t),
            shape("M292 206 C278 226 272 252 276 290 L345 290 L340 214Z", look.rand),
            shape("M110 262 H345 V290 H110Z", look.rand),
            line("M126 98 C150 88 188 88 206 98", look.lining, 18),
          ) +
          line("M118 96 C110 84 122 74 130 86", t.line, 5) +
          eyelets
            .map(
              ([x, y]) =>
                line(`M${x - 26} ${y + 8} L${x + 4} ${y - 4}`, look.lace, 4.5) + dot(x - 27, y + 9, 3.6, "#cfd2d0"),
            )
            .join("") +
          shape("M108 278 L338 274 C346 278 346 292 338 300 L116 304 C104 302 104 282 108 278Z", look.sole) +
          lugs(114, 336, 304)
        );
      },
      1.06,
    );

export const walkingBoots = boot({ lace: "#d9b45c", rand: rubber.base, lining: "#6e4a2f", sole: rubber.light });
export const mountainBoots = boot({ lace: "#d2553c", rand: "#2c2d2f", lining: "#b8452f", sole: "#c9a13e" });

export const rubberBoots: Drawing = (pen, c) =>
  pairOf(
    pen,
    c,
    (t) =>
      pen.body(
        "M136 48 C160 42 192 42 214 48 C214 120 208 180 224 206 C250 228 300 224 324 250 C336 264 336 278 334 290 L116 292 C112 230 138 150 136 48Z",
        t.base,
        shape("M190 30 C190 130 180 190 206 226 C240 250 290 246 330 270 L345 230 L220 30Z", t.shade),
        line("M150 70 C150 130 142 190 136 230", t.glow, 7, 0.7),
        line("M262 234 C284 238 300 246 310 256", t.glow, 6, 0.7),
        shape("M120 40 H230 V74 C200 82 160 82 120 76Z", t.deep),
        line("M130 80 C160 86 190 86 214 80", t.light, 3),
        shape("M110 268 H340 V296 H110Z", t.deep),
        seam("M118 240 C150 250 160 270 160 292", t),
        shape("M184 88 h26 v26 h-26z", t.glow, 0.7),
      ) +
      shape("M108 286 L334 282 C342 286 342 296 336 302 L118 306 C108 304 104 292 108 286Z", "#b08a54") +
      lugs(116, 334, 305),
    1.04,
  );

const SHOE =
  "M98 194 C104 184 114 186 122 192 C138 214 168 216 190 194 L206 180 C214 174 224 178 228 186 C250 214 292 222 320 236 C340 246 348 264 346 286 L98 288 C88 262 88 220 98 194Z";
const sole = (fill: string, tread = rubber.base): string =>
  shape(
    "M90 276 C140 290 200 284 250 284 C290 284 330 280 350 272 C356 290 350 304 336 304 L106 306 C90 306 84 290 90 276Z",
    fill,
  ) + line("M108 304 H336", tread, 7);
const laces = (colour: string, count = 4): string =>
  Array.from({ length: count }, (_, at) =>
    line(`M${194 + at * 20} ${204 + at * 9} L${222 + at * 20} ${192 + at * 9}`, colour, 5),
  ).join("");
const inside = (t: Tones): string =>
  shape("M98 194 C120 176 190 176 212 180 L190 196 C168 216 138 214 122 192 C114 186 104 184 98 194Z", t.line);

export const approachShoes: Drawing = (pen, c) =>
  pairOf(
    pen,
    c,
    (t) =>
      inside(t) +
      line("M96 200 C84 186 92 172 106 184", "#d9793b", 6) +
      pen.body(
        SHOE,
        t.base,
        shape("M80 210 C130 216 150 250 146 300 L70 300Z", t.shade),
        shape("M180 206 L210 170 L290 220 C280 240 240 250 196 240Z", t.light),
        line(
          "M176 216 C196 240 214 262 216 290 M146 214 C156 240 160 262 158 290 M226 236 C246 250 258 268 260 290",
          "#d9793b",
          5,
        ),
        shape("M288 214 C276 240 276 262 282 296 L356 296 L350 220Z", rubber.base),
        shape("M80 268 H350 V296 H80Z", rubber.base),
      ) +
      laces("#d9793b", 6) +
      sole(rubber.light),
  );

export const trailRunners: Drawing = (pen, c) =>
  pairOf(
    pen,
    c,
    (t) =>
      inside(t) +
      shape("M94 200 C84 186 92 176 108 190Z", t.deep) +
      pen.body(
        SHOE,
        t.base,
        dashes(
          "M240 220H330M232 234H340M236 248H346M250 262H346M120 226H180M116 240H170M114 254H164",
          t.shade,
          4,
          "1 8",
        ),
        shape("M84 214 C120 220 138 244 140 290 L70 290Z", t.deep),
        shape("M306 224 C296 244 300 264 310 290 L360 290 L350 230Z", t.deep),
        shape("M150 286 C170 244 196 226 226 222 C214 246 210 264 216 290Z", "#f4f1e8"),
        shape("M176 286 C190 256 206 240 220 232 C212 252 210 268 214 290Z", t.deep),
      ) +
      laces("#f4f1e8") +
      sole("#f4f1e8") +
      line("M92 286 C150 298 300 294 350 282", t.base, 4) +
      lugs(106, 338, 305),
  );

export const walkingShoes: Drawing = (pen, c) =>
  pairOf(
    pen,
    c,
    (t) =>
      inside(t) +
      pen.body(
        SHOE,
        t.base,
        shape("M80 214 C124 220 146 250 146 300 L70 300Z", t.shade),
        shape("M264 208 C256 236 258 262 266 296 L356 296 L350 220Z", t.shade),
        line("M300 240 C318 246 330 256 334 268", t.glow, 6, 0.6),
        shape("M170 212 L206 176 L268 214 C250 236 220 246 190 238Z", t.light),
        seam(
          "M96 216 C124 222 146 252 146 290 M170 212 C178 232 200 244 228 240 C250 236 262 224 270 214 M264 214 C256 240 258 262 264 288",
          t,
        ),
        stitch(
          "M150 290 C150 260 142 236 122 222 M176 222 C190 240 220 246 246 236 M272 222 C264 244 266 262 270 286",
          t,
        ),
      ) +
      laces(t.line, 4) +
      sole("#c19a66", "#4b3a2c") +
      dashes("M98 286 C150 296 300 292 346 282", "#f0dfbd", 2, "5 5"),
  );

export const sandals: Drawing = (pen, c) =>
  pairOf(pen, c, (t) => {
    const strap = (d: string, threads: string) =>
      pen.body(d, t.base, shape("M210 180 L330 250 L330 300 L240 300Z", t.shade)) +
      line(d, t.line, 2.5) +
      stitch(threads, t);
    return (
      line("M104 268 C98 226 106 194 132 190 C150 190 160 214 168 240", t.line, 19) +
      line("M104 268 C98 226 106 194 132 190 C150 190 160 214 168 240", t.shade, 14) +
      shape("M92 262 C140 278 250 280 346 260 C354 276 350 290 340 294 L108 298 C92 298 86 276 92 262Z", "#8a7762") +
      strap(
        "M146 276 C150 236 166 206 196 196 C214 196 226 204 232 214 C212 228 200 250 198 280Z",
        "M153 272 C158 240 172 214 198 203 M191 276 C194 250 206 230 224 216",
      ) +
      strap(
        "M236 280 C240 250 256 226 284 222 C304 226 316 244 322 270 C304 276 286 280 270 280Z",
        "M243 276 C248 252 262 234 286 229 C300 234 308 248 314 268",
      ) +
      shape("M200 200 L226 206 L290 228 L280 240 L212 220Z", t.light) +
      stitch("M206 206 L284 233", t) +
      turn(-40, 199, 226, box(186, 216, 26, 20, 4, "#c9ced0")) +
      turn(-40, 199, 226, box(193, 221, 12, 10, 2, t.line)) +
      shape("M90 276 C150 292 270 292 350 274 C352 296 346 304 334 306 L108 308 C92 308 88 290 90 276Z", rubber.base) +
      lugs(108, 338, 307)
    );
  });

export const slippers: Drawing = (pen, c) =>
  pairOf(
    pen,
    c,
    (t) =>
      shape("M94 214 C110 198 168 194 196 214 L180 250 L100 250Z", t.line) +
      pen.body(
        "M92 216 C108 234 160 242 186 222 C210 200 260 196 306 216 C340 232 350 258 346 290 L92 292 C84 264 86 236 92 216Z",
        t.base,
        shape("M230 196 C290 206 330 240 330 300 L360 300 L350 200Z", t.shade, 0.7),
        shape("M80 240 C120 256 130 276 128 300 L70 300Z", t.shade),
        line("M196 224 C220 208 262 206 296 220", t.glow, 7, 0.6),
        dashes("M110 258H330M120 272H336M210 244H320", t.light, 3, "1 11"),
      ) +
      line("M92 216 C108 234 160 242 186 222 C192 216 198 212 206 209", t.deep, 6) +
      dashes("M92 216 C108 234 160 242 186 222 C192 216 198 212 206 209", "#efe3c8", 2.5, "6 6") +
      shape("M88 284 C150 294 280 294 348 284 C352 298 344 304 334 304 L104 306 C90 306 86 294 88 284Z", "#d8bd92"),
  );

export const downBooties: Drawing = (pen, c) =>
  pairOf(
    pen,
    c,
    (t) =>
      pen.body(
        "M116 126 C150 112 186 114 212 128 C222 150 216 172 230 190 C262 204 308 212 328 238 C342 258 342 276 338 292 L102 294 C92 250 112 190 116 126Z",
        t.base,
        ...[
          "M100 164 Q160 184 226 166",
          "M96 206 Q160 226 250 196",
          "M92 248 Q160 264 216 244 Q236 220 262 204",
          "M216 246 Q256 262 256 300",
          "M290 218 Q276 250 290 300",
        ].flatMap((d) => [move(3, 8, line(d, t.light, 7, 0.8)), line(d, t.deep, 3.5)]),
        line("M114 132 C150 116 186 118 216 134", t.line, 15),
      ) +
      line("M206 140 C226 140 238 152 232 168 M206 140 C222 148 226 160 220 176", "#e8dcc0", 3.5) +
      dot(205, 140, 6, "#e8dcc0") +
      shape("M96 284 C150 294 280 292 338 284 C344 298 336 304 328 304 L110 306 C96 306 92 294 96 284Z", rubber.base),
  );
