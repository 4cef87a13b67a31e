import type { Draft } from "./draft.ts";

const textiles = "Pellingford";
const garden = "Thornapple Yard";

export const home: Draft[] = [
  {
    name: "Herringbone wool blanket",
    code: "HWB",
    brand: textiles,
    categories: ["home/textiles"],
    price: 139_00,
    description:
      "Woven from lambswool in a mill that still washes its cloth in river water. Large enough for two on a sofa, heavy enough to stay put, and finished with a short twisted fringe.",
    attributes: { material: "lambswool", widthCentimetres: 140, lengthCentimetres: 200, care: "air, or wool cycle" },
    options: { Colour: ["Oat", "Slate", "Bracken"] },
  },
  {
    name: "Picnic rug",
    code: "PCR",
    brand: textiles,
    categories: ["home/textiles", "garden/living"],
    price: 79_00,
    compareAt: 92_00,
    description:
      "Recycled wool above, a waxed backing below, leather straps to carry it by. Damp grass stays where it belongs, and crumbs shake off.",
    attributes: { material: "recycled wool, waxed cotton", widthCentimetres: 150, lengthCentimetres: 180 },
  },
  {
    name: "Washed linen bedding",
    code: "WLB",
    brand: textiles,
    categories: ["home/textiles"],
    price: 179_00,
    description:
      "Linen that has been softened before you meet it, cool in July and warm in January. A duvet cover with wooden buttons and two pillowcases. It wants no ironing and looks better for it.",
    attributes: { material: "linen", pieces: 3, care: "machine wash warm" },
    options: { Size: ["Single", "Double", "King"], Colour: ["Chalk", "Slate"] },
    extra: { Double: 40_00, King: 70_00 },
  },
  {
    name: "Feather-filled floor cushion",
    code: "FFC",
    brand: textiles,
    categories: ["home/textiles"],
    price: 89_00,
    description:
      "A square of heavy cotton on a feather core, stiff enough to sit upright on and soft enough to nap against. The handle on one edge pulls it nearer to the fire.",
    attributes: { material: "cotton, feather", widthCentimetres: 60 },
    options: { Colour: ["Ochre", "Ink"] },
  },
  {
    name: "Ash peg rail",
    code: "APR",
    brand: textiles,
    categories: ["home/storage"],
    price: 48_00,
    description:
      "Turned pegs, wedged from behind, in a rail of solid ash. It takes wet coats, packs and a week of hats. Screws are hidden behind plugs that we leave loose for you to tap in.",
    attributes: { material: "ash", widthCentimetres: 75, pegs: 5 },
  },
  {
    name: "Willow log basket",
    code: "WLO",
    brand: textiles,
    categories: ["home/storage"],
    price: 95_00,
    description:
      "Woven round a frame of thick rods, with handles bound into the sides and a jute liner that catches the bark. Holds an evening's wood, or a great many shoes.",
    attributes: { material: "willow, jute", diameterCentimetres: 50 },
    stock: 4,
  },
  {
    name: "Beeswax candles, box of six",
    code: "BWC",
    brand: textiles,
    categories: ["home/lighting"],
    price: 28_00,
    description:
      "Poured in pure beeswax with a cotton wick, they burn slowly, hardly drip, and smell faintly of summer. They fit our candle lantern and most sticks.",
    attributes: { material: "beeswax", pieces: 6, hoursEach: 9 },
  },
  {
    name: "Reading lamp with a brass arm",
    code: "RLB",
    brand: textiles,
    categories: ["home/lighting"],
    price: 149_00,
    description:
      "One joint at the elbow, one at the wrist, and a shade that throws the light on the page and not across the bed. The dimmer is a wheel under your thumb.",
    attributes: { material: "brass, steel", lumens: 450, dimmable: true },
    status: "draft",
  },
  {
    name: "Transplanting trowel",
    code: "TPT",
    brand: garden,
    categories: ["garden/tools"],
    price: 26_00,
    description:
      "A narrow blade with its depth marked every two centimetres, forged in one piece with the tang. The handle is ash and fills the palm. It lifts a seedling without waking its neighbours.",
    attributes: { material: "carbon steel, ash", weightGrams: 270 },
  },
  {
    name: "Border fork",
    code: "BDF",
    brand: garden,
    categories: ["garden/tools"],
    price: 69_00,
    description:
      "Smaller than a digging fork and easier between plants. Four square tines, a strapped socket that doesn't work loose, and a D-handle wide enough for a gloved hand.",
    attributes: { material: "carbon steel, ash", weightGrams: 1500 },
  },
  {
    name: "Bypass secateurs",
    code: "BYS",
    brand: garden,
    categories: ["garden/tools"],
    price: 58_00,
    compareAt: 66_00,
    description:
      "Two blades that pass like scissors and leave a clean cut that heals. Every part can be bought singly and changed with one screwdriver. Fits the hand with the catch under the thumb.",
    attributes: { material: "carbon steel, aluminium", weightGrams: 240 },
    options: { Hand: ["Right", "Left"] },
    stock: { "BYS-RIG": 20, "BYS-LEF": 1 },
  },
  {
    name: "Long-spouted watering can",
    code: "LWC",
    brand: garden,
    categories: ["garden/tools"],
    price: 54_00,
    description:
      "Galvanised, balanced so that it pours without wrist-work, and with a brass rose that turns up for seedlings and down for roots. Eight litres, which is as much as anybody wants to carry twice.",
    attributes: { material: "galvanised steel, brass", litres: 8 },
  },
  {
    name: "Terracotta long tom",
    code: "TLT",
    brand: garden,
    categories: ["garden/pots"],
    price: 18_00,
    description:
      "Tall pots for plants with long roots: sweet peas, auriculas, thyme. Fired hot enough to stand out all winter, and they go white with lime in a way that new pots envy.",
    attributes: { material: "terracotta", frostproof: true },
    options: { Height: ["15 cm", "22 cm", "30 cm"] },
    extra: { "22 cm": 9_00, "30 cm": 20_00 },
  },
  {
    name: "Meadow seed mix",
    code: "MSM",
    brand: garden,
    categories: ["garden/seeds"],
    price: 12_00,
    description:
      "Twenty-two wild flowers and four fine grasses for a poor, sunny patch. Sow in autumn on bare ground, tread it in, and mow once the seed has fallen. The first year is modest; the second is not.",
    attributes: { squareMetres: 10, species: 26 },
    options: { Packet: ["10 m²", "50 m²"] },
    extra: { "50 m²": 38_00 },
  },
  {
    name: "Oak nest box",
    code: "ONB",
    brand: garden,
    categories: ["garden/birds"],
    price: 44_00,
    description:
      "Thick boards keep eggs from cooking in June and freezing in April. The front swings open for a clean in winter, and the plate round the hole keeps squirrels to themselves.",
    attributes: { material: "oak", holeMillimetres: 32 },
  },
  {
    name: "Hanging seed feeder",
    code: "HSF",
    brand: garden,
    categories: ["garden/birds"],
    price: 32_00,
    description:
      "Four perches, a drained tray and a lid that lifts on its cord, so that nothing is ever put down in the mud. Comes apart for washing without tools.",
    attributes: { material: "steel, glass", litres: 0.8 },
    status: "archived",
  },
  {
    name: "Gift card by e-mail",
    code: "GIFT",
    brand: "",
    categories: ["gifts"],
    price: 25_00,
    description:
      "For people who know what they want, or whose boot size you don't. The code comes by e-mail within minutes, is good for everything in the shop, and keeps what is left for the next order.",
    attributes: { delivery: "by e-mail", digital: true },
    options: { Value: ["25", "50", "100"] },
    extra: { "50": 25_00, "100": 75_00 },
    stock: 1000,
  },
  {
    name: "Forty walks from the back door: a printable guide",
    code: "WALKS",
    brand: "Quillmoor",
    categories: ["gifts", "hiking/navigation"],
    price: 9_00,
    description:
      "How to find good walks where you already live: reading a map for quiet lanes, joining paths into rounds, and what to notice on the way. Eighty pages to print or to keep on a telephone, sent by e-mail as a download.",
    attributes: { delivery: "download", digital: true, pages: 80 },
    stock: 1000,
  },
];
