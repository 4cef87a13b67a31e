import type { Draft } from "./draft.ts";

const packs = "Brackenfold";
const tools = "Quillmoor";

export const carrying: Draft[] = [
  {
    name: "Lunchbreak daypack",
    code: "LBD",
    brand: packs,
    categories: ["packs/daypacks"],
    price: 69_00,
    description:
      "Eighteen litres for a flask, a jumper and a book. The lid is a roll, the back is padded with the foam you sit on, and a loop on each side holds a bottle that you can reach while walking.",
    attributes: { material: "recycled nylon", weightGrams: 520, litres: 18 },
    options: { Colour: ["Moss", "Ochre", "Ink"] },
  },
  {
    name: "Skyline 28 rucksack",
    code: "SK28",
    brand: packs,
    categories: ["packs/daypacks"],
    price: 119_00,
    compareAt: 135_00,
    description:
      "A long day's pack with a proper hip belt. The back panel stands off on a mesh so that shirts dry, the front pocket swallows a wet shell, and the rain cover lives in its own pouch underneath.",
    attributes: { material: "recycled nylon", weightGrams: 1020, litres: 28, rainCover: true },
    options: { Back: ["Short", "Regular"], Colour: ["Slate", "Rowan"] },
  },
  {
    name: "Waymark 50 trekking pack",
    code: "WM50",
    brand: packs,
    categories: ["packs/trekking"],
    price: 209_00,
    description:
      "Hut to hut, or a tent and four days' food. The length of the back is set with one strap while you wear it, the belt pockets hold a telephone and sweets, and a zip in the front opens the whole pack like a suitcase.",
    attributes: { material: "ripstop nylon", weightGrams: 1780, litres: 50, rainCover: true },
    options: { Colour: ["Moss", "Slate"] },
  },
  {
    name: "Waymark 65 trekking pack",
    code: "WM65",
    brand: packs,
    categories: ["packs/trekking"],
    price: 239_00,
    description:
      "The Waymark for a fortnight. Aluminium stays carry the load to the hips, the lid comes off as a bum bag for side trips, and there are enough straps for a mat without there being straps everywhere.",
    attributes: { material: "ripstop nylon", weightGrams: 2050, litres: 65, rainCover: true },
    options: { Colour: ["Moss", "Slate"] },
    stock: { "WM65-MOS": 3, "WM65-SLA": 2 },
  },
  {
    name: "Featherweight 40 pack",
    code: "FW40",
    brand: packs,
    categories: ["packs/trekking"],
    price: 189_00,
    description:
      "Frameless, for people who have weighed their toothbrush. Fold a foam mat into the back sleeve and it carries ten kilograms politely; more than that, and it will tell you.",
    attributes: { material: "laminated sailcloth", weightGrams: 610, litres: 40, waterproof: true },
  },
  {
    name: "Quayside duffel",
    code: "QSD",
    brand: packs,
    categories: ["packs/bags"],
    price: 129_00,
    description:
      "Tarpaulin, thick zips and handles on every side, for boats, roof racks and baggage belts. Straps tuck out when it has to be a rucksack and away when it doesn't.",
    attributes: { material: "coated polyester", weightGrams: 1300, waterproof: true },
    options: { Litres: ["40", "70", "100"], Colour: ["Ink", "Ochre"] },
    extra: { "70": 20_00, "100": 40_00 },
  },
  {
    name: "Market tote",
    code: "MKT",
    brand: packs,
    categories: ["packs/bags", "home/storage"],
    price: 35_00,
    description:
      "Heavy canvas with long handles, a flat base and one inner pocket for keys. It stands up by itself while you fill it with leeks.",
    attributes: { material: "organic cotton canvas", weightGrams: 480, litres: 22 },
    options: { Colour: ["Oat", "Moss"] },
  },
  {
    name: "Roll-top dry bag",
    code: "RDB",
    brand: packs,
    categories: ["packs/dry-bags"],
    price: 19_00,
    description:
      "Welded seams and a stiff lip: roll three times, clip, and it floats. The window tells you which one has the socks.",
    attributes: { material: "coated nylon", waterproof: true },
    options: { Litres: ["5", "10", "20", "35"] },
    extra: { "10": 4_00, "20": 9_00, "35": 16_00 },
  },
  {
    name: "Set of packing cubes",
    code: "PKC",
    brand: packs,
    categories: ["packs/bags", "home/storage"],
    price: 45_00,
    description:
      "Three cloth boxes with a mesh lid, sized so that the two small ones lie on the large one. Order in a rucksack, and in a drawer.",
    attributes: { material: "recycled polyester", weightGrams: 230, pieces: 3 },
  },
  {
    name: "Cork-grip walking poles",
    code: "CGP",
    brand: tools,
    categories: ["hiking/poles"],
    price: 119_00,
    description:
      "A pair in three sections with levers that hold in the cold. Cork takes up sweat and the shape of your hand; a foam sleeve lower down is for steep traverses. Sold with baskets for mud and for snow.",
    attributes: { material: "aluminium, cork", weightGrams: 490, longestCentimetres: 135 },
  },
  {
    name: "Folding trail poles",
    code: "FTP",
    brand: tools,
    categories: ["hiking/poles"],
    price: 149_00,
    description:
      "They snap out straight along an inner cord and fold to the length of a forearm. Carbon where it counts, aluminium at the tip where rocks bite.",
    attributes: { material: "carbon fibre, aluminium", weightGrams: 310 },
    options: { Length: ["110 cm", "120 cm", "130 cm"] },
  },
  {
    name: "Baseplate compass",
    code: "BPC",
    brand: tools,
    categories: ["hiking/navigation"],
    price: 39_00,
    description:
      "A clear plate with scales for three map sizes, a magnifier, and a needle that settles in under four seconds. The declination is set once with the small key on the cord.",
    attributes: { weightGrams: 44, luminous: true },
  },
  {
    name: "Waterproof map case",
    code: "WMC",
    brand: tools,
    categories: ["hiking/navigation"],
    price: 22_00,
    description:
      "Soft film that folds in the cold and can be written on with a pencil. The seal is a simple roll and two hooks, because zips in map cases fail on the first wet Sunday.",
    attributes: { waterproof: true, weightGrams: 95 },
  },
  {
    name: "Steel bottle",
    code: "STB",
    brand: tools,
    categories: ["hiking/bottles"],
    price: 29_00,
    description:
      "A single wall of steel, so that it can stand in the embers to thaw. The loop of the cap takes two fingers or a carabiner, and the wide neck takes ice cubes and a brush.",
    attributes: { material: "stainless steel", dishwasherSafe: true },
    options: { Litres: ["0.75", "1"], Colour: ["Oat", "Ink", "Moss"] },
    extra: { "1": 4_00 },
  },
  {
    name: "Summit flask",
    code: "SMF",
    brand: tools,
    categories: ["hiking/bottles", "kitchen/coffee-and-tea"],
    price: 42_00,
    description:
      "Tea that went in at six is still hot at four. The lid is two cups, one for whoever you are with, and the stopper pours with half a turn so that the heat stays in.",
    attributes: { material: "stainless steel", weightGrams: 420, litres: 0.75 },
    options: { Colour: ["Slate", "Ember"] },
  },
  {
    name: "Squeeze water filter",
    code: "SWF",
    brand: tools,
    categories: ["hiking/bottles"],
    price: 45_00,
    compareAt: 52_00,
    description:
      "Fill the pouch from a stream, screw the filter on and press. Hollow fibres hold back bacteria and grit for a thousand litres; rinse it backwards now and then, and don't let it freeze.",
    attributes: { weightGrams: 78, litresOverItsLife: 1000 },
  },
  {
    name: "First-aid pouch",
    code: "FAP",
    brand: tools,
    categories: ["hiking/first-aid"],
    price: 38_00,
    description:
      "What two people need on a weekend: dressings, blister plasters, tape, tweezers, a rescue blanket and a card that says what to do first. The red lining makes it the one thing you can find in a black bag.",
    attributes: { weightGrams: 290, people: 2 },
  },
  {
    name: "Lock-blade pocket knife",
    code: "LPK",
    brand: tools,
    categories: ["hiking/navigation", "kitchen/knives"],
    price: 54_00,
    description:
      "Seven centimetres of carbon steel in a beech handle, with a turning collar that locks it open or shut. It sharpens on any stone and will go grey with use; wipe it dry after apples.",
    attributes: { material: "carbon steel, beech", weightGrams: 62, bladeCentimetres: 7 },
  },
];
