import type { Draft } from "./draft.ts";

const brand = "Tarnhollow";

export const shelter: Draft[] = [
  {
    name: "Plover one-person tent",
    code: "PL1",
    brand,
    categories: ["camping/tents"],
    price: 279_00,
    description:
      "A tent for people who travel alone and like to sit up. One hooped pole, six pegs, and a side door big enough to cook in when it rains. Inner and outer go up together, so that the bedroom stays dry.",
    attributes: { material: "silicone-coated nylon", weightGrams: 1180, people: 1, seasons: "spring to autumn" },
  },
  {
    name: "Ridge tent for two",
    code: "RT2",
    brand,
    categories: ["camping/tents"],
    price: 399_00,
    description:
      "The old A-shape, done in modern cloth. Two walking poles hold it up, the wind slides off its back, and each sleeper has a door and a porch for wet boots. It packs to the size of a loaf of bread and is as simple to repair as it looks.",
    attributes: { material: "silicone-coated nylon", weightGrams: 1350, people: 2, seasons: "spring to autumn" },
    options: { Colour: ["Moss", "Ochre"] },
  },
  {
    name: "Geodome mountain tent",
    code: "GMT",
    brand,
    categories: ["camping/tents"],
    price: 749_00,
    description:
      "Four poles cross five times, and what they hold up stays up. The skirts can be buried in snow, the vents open from inside, and the guylines are bright enough to find in cloud. Heavy for one; reassuring for two.",
    attributes: { material: "ripstop polyester", weightGrams: 3200, people: 2, seasons: "all year" },
    stock: 3,
  },
  {
    name: "Meadow family tent",
    code: "MFT",
    brand,
    categories: ["camping/tents"],
    price: 599_00,
    compareAt: 679_00,
    description:
      "Standing height in the middle, two bedrooms that can be unclipped, and a porch deep enough for a table on a wet afternoon. The cotton blend breathes, so that nobody wakes up in their own weather.",
    attributes: { material: "cotton and polyester", weightGrams: 16800, seasons: "spring to autumn" },
    options: { People: ["4", "6"] },
    extra: { "6": 140_00 },
  },
  {
    name: "Lean-to tarp",
    code: "LTT",
    brand,
    categories: ["camping/tents"],
    price: 95_00,
    description:
      "Three metres by three, with nineteen tie-out points and a leaflet of eleven ways to use them. A roof over a hammock, a porch on a tent, or the whole camp if the forecast is kind.",
    attributes: { material: "silicone-coated nylon", weightGrams: 520, waterproof: true },
    options: { Colour: ["Moss", "Slate"] },
  },
  {
    name: "Rope hammock for two trees",
    code: "HAM",
    brand,
    categories: ["camping/tents", "garden/living"],
    price: 69_00,
    description:
      "Parachute-light cloth with straps that are wide enough to leave the bark alone. Lie across it rather than along it and your back stays flat. Carries 180 kilograms.",
    attributes: { material: "nylon", weightGrams: 610, maximumKilograms: 180 },
    options: { Colour: ["Ember", "Moss"] },
  },
  {
    name: "Tent repair roll",
    code: "TRR",
    brand,
    categories: ["camping/tents"],
    price: 24_00,
    description:
      "A pole sleeve, a yard of each cloth we sew with, thread, two needles, seam sealer and patches that stick in the wet. Rolled in canvas, with instructions printed on the inside where they can't be lost.",
    attributes: { weightGrams: 160 },
  },
  {
    name: "Hollow down sleeping bag",
    code: "HDS",
    brand,
    categories: ["camping/sleeping"],
    price: 329_00,
    description:
      "A mummy bag with shoulders one can turn in. The down is boxed so that it can't drift, the zip has a stiff tape that the slider doesn't eat, and the hood closes to the size of a nose.",
    attributes: { material: "recycled nylon, duck down", weightGrams: 980, fillPower: 700 },
    options: { Comfort: ["0 °C", "-7 °C"], Length: ["Regular", "Long"] },
    extra: { "-7 °C": 70_00, Long: 20_00 },
  },
  {
    name: "Bothy synthetic sleeping bag",
    code: "BSS",
    brand,
    categories: ["camping/sleeping"],
    price: 139_00,
    description:
      "For damp places and people who don't want to think about damp. Hollow fibres keep warming when wet, the whole bag goes into the washing machine, and two of them zip together.",
    attributes: { material: "polyester", weightGrams: 1450, comfort: "3 °C" },
    options: { Zip: ["Left", "Right"] },
  },
  {
    name: "Midsummer quilt",
    code: "MSQ",
    brand,
    categories: ["camping/sleeping"],
    price: 219_00,
    compareAt: 249_00,
    description:
      "No hood, no zip, no back: just the part of a sleeping bag that keeps you warm. Straps hold it to the mat, the foot closes with a drawcord, and at home it lies on the sofa without looking like camping.",
    attributes: { material: "recycled nylon, duck down", weightGrams: 560, comfort: "8 °C" },
  },
  {
    name: "Silk sleeping bag liner",
    code: "SBL",
    brand,
    categories: ["camping/sleeping"],
    price: 59_00,
    description:
      "A layer of silk that is warmer than it looks, easier to wash than down, and welcome in huts where the blankets have a history. Packs into its own pocket, which doubles as a pillow case.",
    attributes: { material: "mulberry silk", weightGrams: 130 },
  },
  {
    name: "Little owl sleeping bag for children",
    code: "LOC",
    brand,
    categories: ["camping/sleeping", "clothing/children"],
    price: 85_00,
    description:
      "Shortens with a row of poppers and grows with its sleeper from three to ten years. There is a glow-in-the-dark zip pull and a pocket the right size for one soft toy.",
    attributes: { material: "polyester", weightGrams: 1050, comfort: "6 °C" },
    options: { Colour: ["Ink", "Rowan"] },
  },
  {
    name: "Hummock air mat",
    code: "HAS",
    brand,
    categories: ["camping/mats"],
    price: 129_00,
    description:
      "Seven centimetres of air with a quilted top that doesn't crackle. The pump is the stuff sack; fifteen breaths' worth of squeezing and it is done. A sheet of foil inside sends your warmth back to you.",
    attributes: { material: "recycled nylon", weightGrams: 490, insulationValue: 4.2 },
    options: { Length: ["Regular", "Long"] },
    extra: { Long: 15_00 },
  },
  {
    name: "Folding foam mat",
    code: "FFM",
    brand,
    categories: ["camping/mats"],
    price: 39_00,
    description:
      "It cannot leak, needs no blowing up, and makes a seat, a splint and a draught screen for the stove. Folds like an accordion and rides outside the pack.",
    attributes: { material: "closed-cell foam", weightGrams: 410, insulationValue: 2 },
  },
  {
    name: "Van life mattress",
    code: "VLM",
    brand,
    categories: ["camping/mats", "home/textiles"],
    price: 169_00,
    description:
      "Ten centimetres of self-inflating foam with straight sides, so that two lie together without a ditch in the middle. The cover zips off for the wash. At home it is the guest bed.",
    attributes: { material: "polyester, foam", weightGrams: 3400 },
    options: { Width: ["Single", "Double"] },
    extra: { Double: 90_00 },
  },
];
