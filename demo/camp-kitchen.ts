import type { Draft } from "./draft.ts";

const brand = "Emberwick";

export const campKitchen: Draft[] = [
  {
    name: "Pocket gas stove",
    code: "PGS",
    brand,
    categories: ["camping/cooking/stoves"],
    price: 49_00,
    description:
      "Three arms fold out, one valve turns, and half a litre boils in about three minutes. It fits inside a mug together with its cartridge, and the flame goes low enough for porridge.",
    attributes: { material: "stainless steel, brass", weightGrams: 84, fuel: "gas cartridge" },
  },
  {
    name: "Windbreak stove system",
    code: "WSS",
    brand,
    categories: ["camping/cooking/stoves"],
    price: 139_00,
    compareAt: 159_00,
    description:
      "Burner, pot and heat exchanger lock together into one tall cup that doesn't mind a gale. It drinks a third less gas than an open flame. The cosy lets you hold it in bare hands.",
    attributes: { material: "anodised aluminium", weightGrams: 420, fuel: "gas cartridge", litres: 1 },
  },
  {
    name: "Twig stove",
    code: "TWS",
    brand,
    categories: ["camping/cooking/stoves"],
    price: 59_00,
    description:
      "Five steel plates slot together into a chimney that burns what lies on the ground. Pine cones bring a litre to the boil; birch twigs do it with less smoke. Check that fires are allowed where you go.",
    attributes: { material: "stainless steel", weightGrams: 380, fuel: "wood" },
  },
  {
    name: "Spirit burner",
    code: "SPB",
    brand,
    categories: ["camping/cooking/stoves"],
    price: 27_00,
    description:
      "A brass cup, a simmer ring and a lid with a rubber seal. There is nothing in it that can break, block or wear out. It is slow, and silent, and that is rather the point.",
    attributes: { material: "brass", weightGrams: 110, fuel: "alcohol" },
  },
  {
    name: "Nested pot set",
    code: "NPS",
    brand,
    categories: ["camping/cooking/pots"],
    price: 89_00,
    description:
      "Two pots, a pan that is also a lid, and one handle for all of them. Hard-anodised, so that rice lets go. The set closes round a gas cartridge and a folded stove with a satisfying click.",
    attributes: { material: "hard-anodised aluminium", weightGrams: 690, pieces: 4 },
    options: { For: ["2 people", "4 people"] },
    extra: { "4 people": 30_00 },
  },
  {
    name: "Camp kettle",
    code: "CKT",
    brand,
    categories: ["camping/cooking/pots", "kitchen/coffee-and-tea"],
    price: 39_00,
    description:
      "Low and wide, so that it boils quickly and doesn't tip. The handle stays up by itself out of the flame; the spout pours without dribbling, which we tested more than was reasonable.",
    attributes: { material: "stainless steel", weightGrams: 260, litres: 0.9 },
  },
  {
    name: "Enamel mug",
    code: "ENM",
    brand,
    categories: ["camping/cooking/pots", "kitchen/tableware"],
    price: 14_00,
    description:
      "Steel with two coats of enamel and a rim rolled in stainless, so that the edge doesn't chip where you drink. Goes on the fire, into the dishwasher and on to the shelf at home.",
    attributes: { material: "enamelled steel", weightGrams: 150, litres: 0.35, dishwasherSafe: true },
    options: { Colour: ["Oat", "Ink", "Moss", "Ember"] },
  },
  {
    name: "Long spoon",
    code: "LSP",
    brand,
    categories: ["camping/cooking/pots"],
    price: 9_00,
    description:
      "Long enough to reach the bottom of a pouch without getting curry on your knuckles. Polished bowl, matt handle, a hole to hang it by.",
    attributes: { material: "titanium", weightGrams: 17 },
  },
  {
    name: "Collapsible washing-up bowl",
    code: "CWB",
    brand,
    categories: ["camping/cooking/pots"],
    price: 22_00,
    description:
      "Folds flat as a plate and opens to eight litres. Two handles make it a bucket on the way from the stream, and the base stands on gravel without a wobble.",
    attributes: { material: "silicone, polypropylene", weightGrams: 340, litres: 8 },
  },
  {
    name: "Glow headlamp",
    code: "GHL",
    brand,
    categories: ["camping/lighting"],
    price: 59_00,
    description:
      "One big button that gloves can find. It starts in red so as not to blind the tent, remembers how bright you left it, and charges from the same cable as a telephone. Three hundred lumens when you need to find the path.",
    attributes: { weightGrams: 88, lumens: 300, waterproof: true, hoursOnLow: 90 },
    options: { Colour: ["Slate", "Ember"] },
  },
  {
    name: "Firefly lantern",
    code: "FFL",
    brand,
    categories: ["camping/lighting", "home/lighting"],
    price: 45_00,
    description:
      "A warm, even light that hangs from a tent loop or stands on a table. The frosted shade lifts off to make a torch of it. Twelve evenings on one charge.",
    attributes: { weightGrams: 240, lumens: 180, hoursOnLow: 70 },
  },
  {
    name: "String of tent lights",
    code: "STL",
    brand,
    categories: ["camping/lighting", "garden/living"],
    price: 35_00,
    description:
      "Ten small lamps on five metres of cord that winds round its own battery. Bright enough to play cards by, dim enough for the neighbours.",
    attributes: { weightGrams: 210, lumens: 120 },
    stock: 0,
  },
  {
    name: "Candle lantern",
    code: "CLN",
    brand,
    categories: ["camping/lighting", "home/lighting"],
    price: 32_00,
    description:
      "Brass and glass, with a spring that pushes the candle up as it burns, so that the flame stays where the window is. One candle lasts nine hours and takes the damp out of a small tent. Never leave it burning while you sleep.",
    attributes: { material: "brass, borosilicate glass", weightGrams: 190 },
  },
  {
    name: "Hearth camp chair",
    code: "HCC",
    brand,
    categories: ["camping/furniture", "garden/living"],
    price: 79_00,
    description:
      "A seat that is high enough to get up from. The frame unfolds by itself along its cord, the feet are broad for soft ground, and the sling comes off to be washed.",
    attributes: { material: "aluminium, polyester", weightGrams: 1450, maximumKilograms: 130 },
    options: { Colour: ["Moss", "Ochre"] },
  },
  {
    name: "Roll-top camp table",
    code: "RTT",
    brand,
    categories: ["camping/furniture"],
    price: 95_00,
    description:
      "Slats of ash on cotton webbing roll out over a folding frame and make a table for four plates. Oil it once a season and it goes a handsome grey-brown.",
    attributes: { material: "ash, aluminium", weightGrams: 3900 },
    stock: 4,
  },
  {
    name: "Three-legged stool",
    code: "TLS",
    brand,
    categories: ["camping/furniture"],
    price: 35_00,
    description:
      "Three legs never wobble. A leather seat on beech legs with a brass pivot; the strap that ties it shut is the strap that carries it.",
    attributes: { material: "beech, leather", weightGrams: 820, maximumKilograms: 120 },
  },
];
