import { type Draft, HAND_SIZES } from "./draft.ts";

const brand = "Fell & Fjord";
const SOCKS = ["36-38", "39-41", "42-44", "45-47"] as const;

export const smallClothing: Draft[] = [
  {
    name: "Harbour watch cap",
    code: "HWC",
    brand,
    categories: ["clothing/hats-and-gloves"],
    price: 29_00,
    description:
      "A ribbed wool hat with a deep fold, knitted thick and sized to reach the ears. It has no bobble, no badge and no opinions.",
    attributes: { material: "lambswool", weightGrams: 85 },
    options: { Colour: ["Ink", "Ochre", "Oat"] },
  },
  {
    name: "Bobble hat with stripes",
    code: "BBH",
    brand,
    categories: ["clothing/hats-and-gloves"],
    price: 32_00,
    description:
      "Three colours, a fleece band where wool would itch, and a bobble that survives the washing machine. Fits most heads from ten years upwards.",
    attributes: { material: "wool, acrylic, fleece lining", weightGrams: 95 },
    options: { Colour: ["Heather", "Moss"] },
  },
  {
    name: "Brim hat for long summers",
    code: "BRH",
    brand,
    categories: ["clothing/hats-and-gloves"],
    price: 45_00,
    description:
      "Waxed cotton with a wired brim that keeps its shape after being sat on. A cord under the chin holds it in a breeze, brass eyelets let the heat out, and the loop at the back hangs it on a nail.",
    attributes: { material: "waxed cotton", weightGrams: 140 },
    options: { Size: HAND_SIZES },
  },
  {
    name: "Liner gloves",
    code: "LNG",
    brand,
    categories: ["clothing/hats-and-gloves"],
    price: 25_00,
    description:
      "Thin merino gloves for maps, cameras and tent pegs. Thumb and first finger work on a telephone. Wear them alone in autumn and inside mitts in January.",
    attributes: { material: "merino wool", weightGrams: 40, touchscreen: true },
    options: { Size: HAND_SIZES },
  },
  {
    name: "Blizzard mitts",
    code: "BLM",
    brand,
    categories: ["clothing/hats-and-gloves"],
    price: 89_00,
    description:
      "Four fingers keep each other warm. The shell is waterproof with a leather palm, the pile lining comes out to dry overnight, and a loop round the wrist means that a mitt taken off on a summit stays on the mountain with you.",
    attributes: { material: "nylon, goat leather, pile lining", weightGrams: 260, waterproof: true },
    options: { Size: HAND_SIZES },
    stock: { "BLM-S": 2, "BLM-M": 1, "BLM-L": 3 },
  },
  {
    name: "Neck tube",
    code: "NKT",
    brand,
    categories: ["clothing/hats-and-gloves"],
    price: 19_00,
    description:
      "A seamless loop of merino that is a scarf, a headband, a face mask and, in an emergency, a coffee filter. It weighs less than a chocolate bar.",
    attributes: { material: "merino wool", weightGrams: 42 },
    options: { Colour: ["Slate", "Rowan", "Heather"] },
  },
  {
    name: "Everyday hiking socks",
    code: "EHS",
    brand,
    categories: ["clothing/socks"],
    price: 19_00,
    description:
      "Cushioned under heel and ball, thin over the instep, and ribbed through the arch so that they don't turn. The toe seam is linked by hand; you will not feel it at kilometre twenty.",
    attributes: { material: "merino wool, nylon", height: "crew" },
    options: { Size: SOCKS, Colour: ["Slate", "Moss"] },
  },
  {
    name: "Expedition socks",
    code: "EXS",
    brand,
    categories: ["clothing/socks"],
    price: 27_00,
    description:
      "Terry loops inside from toe to calf for stiff boots and cold ground. They are thick: try them with the boots you mean to wear, and leave room for the toes to move.",
    attributes: { material: "merino wool, nylon", height: "knee" },
    options: { Size: SOCKS },
  },
  {
    name: "Cabin socks",
    code: "CBS",
    brand,
    categories: ["clothing/socks", "home/textiles"],
    price: 24_00,
    description:
      "Loose, heavy and a little hairy, for stone floors and sofas. Two dots of suede on each sole keep them honest on stairs.",
    attributes: { material: "wool, suede", height: "crew" },
    options: { Size: ["36-40", "41-45"] },
  },
  {
    name: "Short gaiters",
    code: "SGT",
    brand,
    categories: ["clothing/socks"],
    price: 35_00,
    description:
      "Ankle-high stretch gaiters that keep scree, seeds and slush out of low boots. They hook to the laces at the front and run under the sole on a cord that can be replaced with any bootlace.",
    attributes: { material: "nylon with elastane", weightGrams: 75 },
    options: { Size: ["S/M", "L/XL"] },
  },
];
