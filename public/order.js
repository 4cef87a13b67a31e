// The link of the order's mail: `#ID.TOKEN`. What stands behind `#` reaches no server's log.
const [id, token] = location.hash.slice(1).split(".");
const at = (name) => document.getElementById(name);

const SENTENCES = {
  pending: "is being worked on",
  confirmed: "is confirmed",
  completed: "is complete",
  canceled: "is canceled",
};

function price({ amount, currency }) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function row(heading, ...cells) {
  const tr = document.createElement("tr");
  const th = document.createElement("th");
  th.scope = "row";
  th.textContent = heading;
  tr.append(
    th,
    ...cells.map((text) => {
      const td = document.createElement("td");
      td.textContent = text;
      return td;
    }),
  );
  return tr;
}

function show(order) {
  const reason = order.reason ? `: ${order.reason.message}` : "";
  at("state").textContent = `Order ${order.number} ${SENTENCES[order.status] ?? order.status}${reason}`;
  at("lines").replaceChildren(
    ...order.lines.map(({ name, quantity, total }) => row(name, String(quantity), price(total))),
  );
  const sums = [
    ["Subtotal", order.subtotal],
    ["Discount", { ...order.discountTotal, amount: -order.discountTotal.amount }],
    ["Shipping", order.shippingTotal],
    ["Tax", order.taxTotal],
    ["Total", order.total],
  ].filter(([label, sum]) => sum.amount !== 0 || label === "Total");
  at("sums").replaceChildren(...sums.map(([label, sum]) => row(label, "", price(sum))));
  const { name, company, line1, line2, city, region, postalCode, country } = order.shippingAddress;
  const place = [city, region, postalCode].filter(Boolean).join(", ");
  at("address").textContent = [name, company, line1, line2, place, country].filter(Boolean).join("\n");
  at("order").hidden = false;
}

try {
  if (!id || !token) throw new Error("This page is opened by the link in the mail of an order.");
  const answer = await fetch(`api/v1/orders/${encodeURIComponent(id)}`, { headers: { "X-Order-Token": token } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? "The order cannot be shown now.");
  show(body);
} catch (error) {
  at("state").textContent = error.message;
}
