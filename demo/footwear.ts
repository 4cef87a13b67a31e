import { type Draft, SHOE_SIZES } from "./draft.ts";

const brand = "Ostlind";
const HALF = ["38", "39", "40", "41", "42", "43", "44"] as const;

export const footwear: Draft[] = [
  {
    name: "Ridgeway walking boots",
    code: "RWB",
    brand,
    categories: ["footwear/boots"],
    price: 189_00,
    description:
      "Nubuck boots for rough paths with a day's or a weekend's load. The ankle is padded without being stiff, the rubber runs up over the toes, and a cobbler can put a new sole on them when the first has worn smooth.",
    attributes: { material: "nubuck leather", weightGrams: 1180, waterproof: true, resoleable: true },
    options: { Size: SHOE_SIZES },
  },
  {
    name: "High Traverse mountain boots",
    code: "HTB",
    brand,
    categories: ["footwear/boots"],
    price: 289_00,
    description:
      "For ground where the path is a suggestion. A stiff shank stands on small edges and takes a strap-on crampon; the full-grain upper is cut from one piece, so that there is only one seam to let water in, and it is at the heel.",
    attributes: { material: "full-grain leather", weightGrams: 1560, waterproof: true, resoleable: true },
    options: { Size: HALF },
    stock: { "HTB-44": 0, "HTB-38": 1 },
  },
  {
    name: "Fen boots",
    code: "FEN",
    brand,
    categories: ["footwear/boots"],
    price: 119_00,
    description:
      "Rubber boots with a neoprene lining, made for standing in water and walking home afterwards. The sole is cleated for mud and has a kick-off spur at the heel.",
    attributes: { material: "natural rubber, neoprene", weightGrams: 1900, waterproof: true },
    options: { Size: SHOE_SIZES },
  },
  {
    name: "Switch approach shoes",
    code: "SAS",
    brand,
    categories: ["footwear/shoes"],
    price: 139_00,
    compareAt: 159_00,
    description:
      "Sticky rubber, lacing down to the toe and a loop at the heel to clip to a harness. Comfortable enough for the walk in and precise enough for the easy pitches at the end of it.",
    attributes: { material: "suede, recycled mesh", weightGrams: 820, waterproof: false, resoleable: true },
    options: { Size: HALF },
  },
  {
    name: "Hare trail runners",
    code: "HTR",
    brand,
    categories: ["footwear/shoes"],
    price: 125_00,
    description:
      "Low, light and grippy, with lugs that bite soft ground and let go of mud. There is six millimetres of drop, room for toes to spread, and a gusseted tongue that keeps grit outside.",
    attributes: { material: "recycled mesh", weightGrams: 540, dropMillimetres: 6 },
    options: { Size: SHOE_SIZES, Colour: ["Ember", "Slate"] },
  },
  {
    name: "Lane walking shoes",
    code: "LWS",
    brand,
    categories: ["footwear/shoes"],
    price: 109_00,
    description:
      "A leather shoe that looks at home in town and is not afraid of a field. Stitched sole, cork footbed that takes the shape of your foot within a week, and laces that stay tied.",
    attributes: { material: "oiled leather, cork", weightGrams: 760, resoleable: true },
    options: { Size: HALF, Colour: ["Peat", "Ink"] },
  },
  {
    name: "Shingle sandals",
    code: "SHS",
    brand,
    categories: ["footwear/shoes"],
    price: 79_00,
    description:
      "Three straps and a sole that grips wet stone. They cross streams, dry in the sun on the back of a pack, and serve as camp shoes in the evening.",
    attributes: { material: "recycled webbing, rubber", weightGrams: 480 },
    options: { Size: HALF },
  },
  {
    name: "Felted hut slippers",
    code: "FHS",
    brand,
    categories: ["footwear/slippers", "home/textiles"],
    price: 49_00,
    description:
      "Boiled wool pressed over a last in one piece, with a thin latex sole for the walk to the woodshed. They start snug and give half a size.",
    attributes: { material: "boiled wool, latex", weightGrams: 320 },
    options: { Size: ["36", "38", "40", "42", "44"], Colour: ["Slate", "Bracken"] },
  },
  {
    name: "Down camp booties",
    code: "DCB",
    brand,
    categories: ["footwear/slippers", "camping/sleeping"],
    price: 59_00,
    description:
      "Sleeping bags for feet. A closed-cell sole keeps out the cold of the ground, a drawcord keeps out the draught, and both together weigh about as much as an apple.",
    attributes: { material: "recycled nylon, duck down", weightGrams: 190 },
    options: { Size: ["S", "M", "L"] },
    stock: 2,
  },
];
