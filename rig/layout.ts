/** Nodes that run the same services. */
export interface Group {
  services: string[];
  count: number;
}

/** Each service in processes of its own, twice. */
export const WIDE =
  "api=2,config=2,products=2,inventory=2,pricing=2,carts=2,orders=2,payments=2,users=2,notifications=2,idempotency=2";

/** The same in fewer processes. */
export const SMALL =
  "api=2,config+users+notifications+idempotency=2,products+pricing+inventory=2,carts+orders+payments=2";

/** `api=2,carts+orders=3`: commas part groups of nodes, `+` joins the services of one, `=` counts its nodes. */
export function readLayout(text: string): Group[] {
  const groups = text.split(",").map((entry): Group => {
    const [, names = "", count = "1"] = /^\s*([a-z+]+)\s*(?:=\s*(\d{1,2}))?\s*$/.exec(entry) ?? [];
    const services = names.split("+");
    if (services.includes("") || Number(count) === 0) {
      throw new Error(`"${entry}" is no part of a layout, which is written as in api=2,carts+orders=3`);
    }
    return { services, count: Number(count) };
  });
  return groups;
}

/** Whether every service of the shop is among these. */
export function isWhole(groups: readonly Group[]): boolean {
  const there = new Set(groups.flatMap(({ services }) => services));
  return readLayout(WIDE).every(({ services }) => services.every((name) => there.has(name)));
}

/** Every node of a layout with its name: its first service and a count. */
export function nodesOf(groups: readonly Group[]): { id: string; services: string[] }[] {
  const counts = new Map<string, number>();
  return groups.flatMap(({ services, count }) =>
    Array.from({ length: count }, () => {
      const name = services[0] as string;
      const number = (counts.get(name) ?? 0) + 1;
      counts.set(name, number);
      return { id: `${name}-${number}`, services };
    }),
  );
}
