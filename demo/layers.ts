import { type Draft, S_TO_XL, SIZES } from "./draft.ts";

const brand = "Fell & Fjord";

export const layers: Draft[] = [
  {
    name: "Byre fleece",
    code: "BYF",
    brand,
    categories: ["clothing/fleece"],
    price: 75_00,
    description:
      "A plain, close-knit fleece with a quarter zip and no tricks. Warm in the hand, quick to dry on a radiator, and thin enough to wear all day in the house once the walk is over.",
    attributes: { material: "recycled polyester", weightGrams: 290 },
    options: { Size: SIZES, Colour: ["Oat", "Moss"] },
  },
  {
    name: "Byre fleece hoodie",
    code: "BYH",
    brand,
    categories: ["clothing/fleece"],
    price: 95_00,
    description:
      "The Byre with a full zip and a close hood that sits under a helmet. Thumb loops keep the sleeves down under gloves; the hand pockets are mesh and let heat out when they are left open.",
    attributes: { material: "recycled polyester", weightGrams: 360 },
    options: { Size: S_TO_XL },
  },
  {
    name: "Shearling-look pile jacket",
    code: "SPJ",
    brand,
    categories: ["clothing/fleece"],
    price: 119_00,
    description:
      "Deep pile outside, smooth jersey inside, and patches of tough cotton where rucksack straps rub. It looks best slightly worn, which is fortunate, because nobody takes it off between October and March.",
    attributes: { material: "polyester pile, cotton", weightGrams: 540 },
    options: { Size: S_TO_XL, Colour: ["Oat", "Peat"] },
  },
  {
    name: "Gridback midlayer",
    code: "GBM",
    brand,
    categories: ["clothing/fleece"],
    price: 89_00,
    compareAt: 105_00,
    description:
      "Fleece in a waffle of squares: the high spots touch, the channels between them breathe. Made for people who walk uphill fast and get cold the moment they stop.",
    attributes: { material: "recycled polyester with elastane", weightGrams: 230, stretch: true },
    options: { Size: SIZES },
  },
  {
    name: "Merino crew base layer",
    code: "MCB",
    brand,
    categories: ["clothing/base-layers"],
    price: 79_00,
    description:
      "Fine merino knitted light enough for summer and warm enough under a fleece. It can be worn four days in a row without the tent noticing. Flat seams run forward of the shoulder, clear of straps.",
    attributes: { material: "merino wool", weightGrams: 170, gramsPerSquareMetre: 165, care: "wool cycle, dry flat" },
    options: { Size: SIZES, Colour: ["Ink", "Heather"] },
  },
  {
    name: "Merino leggings",
    code: "MLG",
    brand,
    categories: ["clothing/base-layers"],
    price: 75_00,
    description:
      "The bottom half of a good night's sleep in a cold tent, and of a ski day. A soft waistband without elastic ridges, a gusset for long strides, and cuffs that stay inside a sock.",
    attributes: { material: "merino wool", weightGrams: 165, gramsPerSquareMetre: 165, care: "wool cycle, dry flat" },
    options: { Size: SIZES },
  },
  {
    name: "Switchback T-shirt",
    code: "SBT",
    brand,
    categories: ["clothing/shirts"],
    price: 39_00,
    description:
      "Half merino, half wood fibre: it feels like an old cotton T-shirt and dries like a new synthetic one. Cut straight, with sleeves that reach far enough to keep straps off bare skin.",
    attributes: { material: "merino wool, lyocell", weightGrams: 140 },
    options: { Size: SIZES, Colour: ["Oat", "Slate", "Rowan"] },
  },
  {
    name: "Drover flannel shirt",
    code: "DFS",
    brand,
    categories: ["clothing/shirts"],
    price: 69_00,
    description:
      "Organic cotton brushed on both sides and woven in checks that don't shout. Two buttoned pockets, a tail long enough to stay tucked in, and spare buttons sewn inside the hem.",
    attributes: { material: "organic cotton", weightGrams: 340, care: "machine wash warm" },
    options: { Size: S_TO_XL, Colour: ["Bracken", "Ink"] },
  },
  {
    name: "Lagoon sun shirt",
    code: "LSS",
    brand,
    categories: ["clothing/shirts"],
    price: 59_00,
    description:
      "Long sleeves for hot places. The weave keeps out the sun without any coating to wash away, the collar stands up against a burnt neck, and the back is vented beneath a yoke.",
    attributes: { material: "nylon", weightGrams: 180, sunProtectionFactor: 50 },
    options: { Size: S_TO_XL },
    stock: 0,
  },
  {
    name: "Drystone walking trousers",
    code: "DWT",
    brand,
    categories: ["clothing/trousers"],
    price: 99_00,
    description:
      "Trousers for every walk from the dog's to the high route. The cloth stretches both ways and dries while you eat lunch; the thigh pocket takes a folded map, the knees are shaped, and the hem has an eyelet for a bootlace hook.",
    attributes: { material: "nylon with elastane", weightGrams: 330, stretch: true },
    options: { Size: S_TO_XL, Leg: ["Regular", "Long"] },
  },
  {
    name: "Drystone walking trousers for women",
    code: "DWW",
    brand,
    categories: ["clothing/trousers"],
    price: 99_00,
    description:
      "The Drystone with a higher waist, a curved band that doesn't gape, and pockets that hold more than a coin. Two leg lengths, because sleeves of trouser under the heel wear out first.",
    attributes: { material: "nylon with elastane", weightGrams: 310, stretch: true },
    options: { Size: SIZES, Leg: ["Regular", "Long"] },
  },
  {
    name: "Downpour overtrousers",
    code: "DOT",
    brand,
    categories: ["clothing/trousers"],
    price: 89_00,
    description:
      "Zips to the thigh, so that they go on over boots without a dance on one leg. Light enough to carry when rain is only a rumour, and taped throughout for when it isn't.",
    attributes: { material: "coated nylon", weightGrams: 240, waterproof: true, packable: true },
    options: { Size: S_TO_XL },
  },
  {
    name: "Moraine shorts",
    code: "MOS",
    brand,
    categories: ["clothing/trousers"],
    price: 59_00,
    compareAt: 69_00,
    description:
      "Knee-length, four pockets, one of them zipped for a key. The waist has a flat built-in belt that doesn't fight a rucksack's, and the lining of the pockets is mesh, so that they empty after a swim.",
    attributes: { material: "recycled nylon", weightGrams: 210, stretch: true },
    options: { Size: S_TO_XL, Colour: ["Slate", "Bracken"] },
  },
  {
    name: "Lichen climbing trousers",
    code: "LCT",
    brand,
    categories: ["clothing/trousers"],
    price: 85_00,
    description:
      "Soft, heavy cotton with a little give, cut wide at the hip and narrow at the ankle. Made for bouldering mats and the café afterwards; the chalk brushes out.",
    attributes: { material: "organic cotton with elastane", weightGrams: 430, stretch: true },
    options: { Size: S_TO_XL },
  },
];
