import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { demoPictures, demoProducts } from "../../demo/catalogue.ts";
import { mirrored } from "../../demo/pictures/pen.ts";
import { picturesOf } from "../../demo/pictures/pictures.ts";
import { inShade, tonesOf } from "../../demo/pictures/tones.ts";

const media = join(import.meta.dirname, "../../public/media");
const files = readdirSync(media).sort();
const text = (file: string): string => readFileSync(join(media, file), "utf8");
const products = demoProducts();
const imagesOf = (slug: string) => products.find((product) => product.slug === slug)?.images;

/** The elements of a document in order, or what is wrong with its form: enough XML for what the script writes. */
function elementsOf(xml: string): { name: string; attributes: Map<string, string> }[] {
  const open: string[] = [];
  const elements: { name: string; attributes: Map<string, string> }[] = [];
  const token = /<(\/?)([A-Za-z]+)((?:\s+[A-Za-z][\w:-]*="[^"<&]*")*)\s*(\/?)>|([^<]+)/gy;
  for (let at = 0; at < xml.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(xml);
    if (!found) throw new Error(`No XML from character ${at}: ${xml.slice(at, at + 40)}`);
    const [, closing, name = "", written = "", empty, content] = found;
    if (content !== undefined) {
      if (/&(?!amp;|lt;|gt;|quot;)/.test(content)) throw new Error(`A bare ampersand: ${content}`);
    } else if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      const pairs = [...written.matchAll(/([\w:-]+)="([^"]*)"/g)].map(
        ([, key = "", value = ""]) => [key, value] as const,
      );
      if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw new Error(`<${name}> has an attribute twice`);
      elements.push({ name, attributes: new Map(pairs) });
      if (!empty) open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  return elements;
}

test("the script draws the committed pictures, byte for byte, and no others", () => {
  const drawn = demoPictures();
  expect(drawn.map(({ file }) => file).sort()).toEqual(files);
  for (const { file, svg } of drawn) expect({ file, svg: svg() }).toEqual({ file, svg: text(file) });
});

test("every picture of the catalogue is there, and every picture is in the catalogue", () => {
  const shown = products.flatMap(({ images = [] }) => images.map(({ url }) => url));
  expect(shown.sort()).toEqual(files.map((file) => `/media/${file}`));
});

test("a product has a picture for each of its colours, the default colour first, and says which", () => {
  expect(imagesOf("squall-rain-jacket")).toEqual([
    { url: "/media/squall-rain-jacket-slate.svg", alt: "Squall rain jacket in Slate" },
    { url: "/media/squall-rain-jacket-rowan.svg", alt: "Squall rain jacket in Rowan" },
  ]);
  expect(imagesOf("stoneware-bowl")).toHaveLength(3);
  for (const { name, options = [], images = [] } of products) {
    const colours = options.find((option) => ["Colour", "Glaze"].includes(option.name))?.values;
    expect(images.map(({ alt }) => alt)).toEqual(colours?.map((colour) => `${name} in ${colour}`) ?? [name]);
  }
});

test("a product without a choice of colours has one picture, as the trail jacket of the documentation", () => {
  expect(imagesOf("trail-jacket")).toEqual([{ url: "/media/trail-jacket-1.svg", alt: "Trail jacket" }]);
});

test("no two products and no two colours look the same", () => {
  const drawings = files.map((file) => text(file).replace(/<title>.*<\/title>/, ""));
  expect(new Set(drawings).size).toBe(files.length);
});

test("each picture is well formed, is called as its product, and holds no id twice", () => {
  const alts = new Map(demoPictures().map(({ file, alt }) => [file, alt]));
  for (const file of files) {
    const svg = text(file);
    const elements = elementsOf(svg);
    expect(elements.slice(0, 2).map(({ name }) => name)).toEqual(["svg", "title"]);
    expect(svg).toContain(`<title>${alts.get(file)}</title>`);
    const ids = elements.flatMap(({ attributes }) => attributes.get("id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of svg.matchAll(/url\(#([^)]*)\)/g)) expect(ids).toContain(id);
    expect(svg).not.toMatch(/NaN|undefined|null|Infinity/);
  }
});

test("a picture runs nothing, loads nothing and needs no style that the content security policy forbids", () => {
  const drawing =
    /^(svg|title|defs|g|path|rect|circle|ellipse|linearGradient|radialGradient|stop|clipPath|pattern|filter|feDropShadow)$/;
  for (const file of files) {
    for (const { name, attributes } of elementsOf(text(file))) {
      expect(name).toMatch(drawing);
      for (const [attribute, value] of attributes) {
        expect(attribute).not.toMatch(/^on|href|^style$|^src$/i);
        if (attribute !== "xmlns") expect(value).not.toMatch(/[a-z]+:|url\((?!#)/i);
      }
    }
  }
});

test("pictures are small: none over 6 KB, 4 KB on the average", () => {
  const sizes = files.map((file) => Buffer.byteLength(text(file)));
  expect(Math.max(...sizes)).toBeLessThan(6_000);
  expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBeLessThan(4_000);
});

test("a product that nobody has drawn and a colour without a figure stop the script", () => {
  expect(() => picturesOf("flying-carpet", "Flying carpet", ["home"], {})).toThrow("Nobody has drawn flying-carpet");
  expect(() => picturesOf("neck-tube", "Neck tube", ["clothing"], { Colour: ["Slate", "Octarine"] })).toThrow(
    "The colour of Neck tube in Octarine has no figure",
  );
});

test("tones go from light to dark, and what lies in the shade is darker", () => {
  const brightness = (hex: string) =>
    [1, 3, 5].reduce((sum, at) => sum + Number.parseInt(hex.slice(at, at + 2), 16), 0);
  for (const colour of ["#64798a", "#2f4162", "#f1ede3"]) {
    const tones = tonesOf(colour);
    const steps = [tones.glow, tones.light, tones.base, tones.shade, tones.deep, tones.line].map(brightness);
    expect(steps).toEqual(steps.toSorted((a, b) => b - a));
    expect(brightness(inShade(tones).base)).toBeLessThan(brightness(tones.base));
  }
});

test("an outline is drawn by its left half", () => {
  expect(mirrored("M200 10 L150 20 C140 40 130 60 120 80 L200 90")).toBe(
    "M200 10 L150 20 C140 40 130 60 120 80 L200 90L280 80C270 60 260 40 250 20L200 10Z",
  );
});
