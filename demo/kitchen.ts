import type { Draft } from "./draft.ts";

const brand = "Wickenholt";

export const kitchen: Draft[] = [
  {
    name: "Skillet of cast iron",
    code: "SCI",
    brand,
    categories: ["kitchen/cookware"],
    price: 59_00,
    description:
      "Poured thick, machined smooth, and seasoned with linseed oil before it leaves us. It goes from hob to oven to campfire and improves for about a century. Dry it while it is warm.",
    attributes: { material: "cast iron", inductionSafe: true, ovenSafe: true },
    options: { Diameter: ["20 cm", "26 cm", "30 cm"] },
    extra: { "26 cm": 16_00, "30 cm": 30_00 },
  },
  {
    name: "Dutch oven",
    code: "DUO",
    brand,
    categories: ["kitchen/cookware", "camping/cooking/pots"],
    price: 119_00,
    description:
      "Three legs to stand over coals, a rimmed lid to heap more on top, and a lip so tight that stew keeps its own counsel. Bread baked in it has the crust you wanted.",
    attributes: { material: "cast iron", litres: 5.7, weightGrams: 7100, ovenSafe: true },
  },
  {
    name: "Copper-bottomed saucepan",
    code: "CBP",
    brand,
    categories: ["kitchen/cookware"],
    price: 98_00,
    compareAt: 115_00,
    description:
      "Steel inside, copper underneath, a cast handle that stays cool for as long as a sauce takes. It answers the flame at once, up and down.",
    attributes: { material: "stainless steel, copper", inductionSafe: false },
    options: { Diameter: ["16 cm", "20 cm"] },
    extra: { "20 cm": 22_00 },
  },
  {
    name: "Cook's knife",
    code: "CKN",
    brand,
    categories: ["kitchen/knives"],
    price: 89_00,
    description:
      "A twenty-centimetre blade with a belly that rocks and a heel you can hold. The steel is hard enough to keep its edge for months and soft enough to sharpen at home. Handle of pear wood, oiled.",
    attributes: { material: "carbon steel, pear wood", bladeCentimetres: 20, dishwasherSafe: false },
  },
  {
    name: "Bread knife",
    code: "BRK",
    brand,
    categories: ["kitchen/knives"],
    price: 64_00,
    description:
      "Long, rounded serrations that saw through crust without raking the crumb. The blade is offset from the handle so that knuckles stay off the board.",
    attributes: { material: "stainless steel, pear wood", bladeCentimetres: 24, dishwasherSafe: false },
  },
  {
    name: "End-grain chopping board",
    code: "EGB",
    brand,
    categories: ["kitchen/knives"],
    price: 79_00,
    description:
      "Blocks of oak glued upright, so that the edge goes between the fibres rather than across them. A groove catches juice and finger hollows lift it off the table.",
    attributes: { material: "oak", widthCentimetres: 40, depthCentimetres: 30 },
    stock: 5,
  },
  {
    name: "Stoneware bowl",
    code: "SWB",
    brand,
    categories: ["kitchen/tableware"],
    price: 24_00,
    description:
      "Thrown thick for soup and porridge, with a foot that doesn't scratch and a glaze that breaks at the rim. Each one differs a little from its neighbour.",
    attributes: { material: "stoneware", diameterCentimetres: 16, dishwasherSafe: true },
    options: { Glaze: ["Chalk", "Tide", "Bracken"] },
  },
  {
    name: "Dinner plate in stoneware",
    code: "SWP",
    brand,
    categories: ["kitchen/tableware"],
    price: 29_00,
    description:
      "Flat enough for a knife and raised enough for gravy. It matches the bowls, stacks without rocking, and keeps its warmth if you stand it on the stove first.",
    attributes: { material: "stoneware", diameterCentimetres: 27, dishwasherSafe: true },
    options: { Glaze: ["Chalk", "Tide", "Bracken"] },
  },
  {
    name: "Pour-over coffee cone",
    code: "POC",
    brand,
    categories: ["kitchen/coffee-and-tea"],
    price: 34_00,
    description:
      "Porcelain with spiral ribs that hold the paper off the wall, so that the coffee runs evenly. Fits mugs, jugs and the neck of our flask.",
    attributes: { material: "porcelain", cups: 2, dishwasherSafe: true },
  },
  {
    name: "Hand coffee mill",
    code: "HCM",
    brand,
    categories: ["kitchen/coffee-and-tea", "camping/cooking/pots"],
    price: 85_00,
    description:
      "Conical steel burrs on two bearings, with a ring that clicks from espresso to cafetière. Thirty turns for a cup. The handle folds, and the body is narrow enough for a tent pocket.",
    attributes: { material: "aluminium, steel, walnut", weightGrams: 470 },
  },
  {
    name: "Brown teapot",
    code: "BTP",
    brand,
    categories: ["kitchen/coffee-and-tea"],
    price: 42_00,
    description:
      "Round, red clay, a thick brown glaze: the shape that lets leaves turn over and keeps the second cup hot. The lid locks under a small tongue and stays on to the last drop.",
    attributes: { material: "earthenware", litres: 1.1 },
    stock: 0,
  },
];
