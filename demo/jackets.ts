import { type Draft, S_TO_XL, SIZES } from "./draft.ts";

const brand = "Fell & Fjord";

export const jackets: Draft[] = [
  {
    name: "Trail jacket",
    code: "TJ",
    brand,
    categories: ["clothing/jackets"],
    price: 129_00,
    description:
      "The jacket that lives in the top of the pack. Recycled nylon turns wind and an hour of drizzle, the hood fits over a cap, and the whole thing folds into its own chest pocket. It is cut long enough to sit under a hip belt without riding up.",
    attributes: { material: "recycled nylon", weightGrams: 310, waterproof: false, packable: true },
    options: { Size: SIZES },
    stock: { "TJ-XS": 6, "TJ-S": 12, "TJ-M": 24, "TJ-L": 18, "TJ-XL": 9 },
  },
  {
    name: "Squall rain jacket",
    code: "SRJ",
    brand,
    categories: ["clothing/jackets/rain"],
    price: 219_00,
    description:
      "A three-layer shell for weather that has made up its mind. Every seam is taped, the cuffs close over gloves, and long zips under the arms let the climb's heat out before it turns to damp. Reproof it once a year and it should see out several boots.",
    attributes: {
      material: "three-layer polyester",
      weightGrams: 460,
      waterproof: true,
      waterColumnMillimetres: 20000,
    },
    options: { Size: S_TO_XL, Colour: ["Slate", "Rowan"] },
  },
  {
    name: "Squall rain jacket for women",
    code: "SRW",
    brand,
    categories: ["clothing/jackets/rain"],
    price: 219_00,
    description:
      "The Squall, cut shorter in the sleeve and wider at the hip. Same taped three-layer cloth, same stiffened hood that turns with the head, and two hand pockets placed above where a rucksack's belt sits.",
    attributes: {
      material: "three-layer polyester",
      weightGrams: 430,
      waterproof: true,
      waterColumnMillimetres: 20000,
    },
    options: { Size: SIZES, Colour: ["Slate", "Heather"] },
  },
  {
    name: "Mizzle poncho",
    code: "MZP",
    brand,
    categories: ["clothing/jackets/rain"],
    price: 49_00,
    description:
      "One size, one minute to put on, and room for a daypack underneath. Poppers down both sides make sleeves of it; undone, it pegs out as a groundsheet for lunch on wet grass.",
    attributes: { material: "coated ripstop nylon", weightGrams: 280, waterproof: true, packable: true },
    options: { Colour: ["Moss", "Ochre"] },
  },
  {
    name: "Inglenook down jacket",
    code: "IDJ",
    brand,
    categories: ["clothing/jackets/insulated"],
    price: 249_00,
    compareAt: 289_00,
    description:
      "Warmth for standing still: belays, bus stops, the half hour before the stove is lit. The down is traceable to the farm and treated to shrug off damp, and the baffles are narrow at the elbow so that the filling stays where it works.",
    attributes: { material: "recycled nylon, duck down", weightGrams: 390, fillPower: 700, packable: true },
    options: { Size: S_TO_XL, Colour: ["Ink", "Ember"] },
  },
  {
    name: "Inglenook down vest",
    code: "IDV",
    brand,
    categories: ["clothing/jackets/insulated"],
    price: 159_00,
    description:
      "The Inglenook without sleeves, for people who run warm in the arms and cold in the middle. It slips under a shell without bulk and over a shirt without fuss, and packs down to the size of a loaf.",
    attributes: { material: "recycled nylon, duck down", weightGrams: 240, fillPower: 700, packable: true },
    options: { Size: SIZES },
  },
  {
    name: "Longshore insulated parka",
    code: "LIP",
    brand,
    categories: ["clothing/jackets/insulated"],
    price: 329_00,
    description:
      "A knee-length coat for winters that come off the sea. Synthetic filling keeps its loft when it is soaked, the storm flap buttons over a two-way zip, and the pockets are lined with brushed cotton because cold hands notice.",
    attributes: { material: "waxed cotton blend, synthetic filling", weightGrams: 1240, waterproof: false },
    options: { Size: S_TO_XL },
    extra: { XL: 10_00 },
  },
  {
    name: "Scree softshell",
    code: "SCS",
    brand,
    categories: ["clothing/jackets"],
    price: 145_00,
    description:
      "Stretch woven cloth for scrambling days, when a hard shell would feel like a tent. It breathes on the way up, blocks the wind on the ridge, and takes a scrape from granite without a hole to show for it.",
    attributes: { material: "nylon with elastane", weightGrams: 420, waterproof: false, stretch: true },
    options: { Size: S_TO_XL, Colour: ["Slate", "Moss"] },
  },
  {
    name: "Gust windshirt",
    code: "GWS",
    brand,
    categories: ["clothing/jackets"],
    price: 79_00,
    description:
      "Ninety-five grams of calm air. A single layer of tightly woven nylon goes over a base layer on a run or under a shell on a summit, and disappears into a fist when it isn't wanted.",
    attributes: { material: "ripstop nylon", weightGrams: 95, packable: true },
    options: { Size: SIZES },
  },
  {
    name: "Puddle jacket for children",
    code: "PJC",
    brand,
    categories: ["clothing/jackets/rain", "clothing/children"],
    price: 59_00,
    compareAt: 69_00,
    description:
      "Welded seams, reflective piping and cuffs that turn back as arms grow. The hood comes off with a tug, as playgrounds ask for, and mud wipes away with a wet cloth.",
    attributes: { material: "recycled polyester", weightGrams: 260, waterproof: true, reflective: true },
    options: { Age: ["2-3", "4-5", "6-7", "8-9"] },
  },
];
