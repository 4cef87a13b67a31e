const form = document.querySelector("#search");
const list = document.querySelector("#list");
const more = document.querySelector("#more");
const status = document.querySelector("#status");

const PAGE = 24;
let cursor = null;
let asked = 0;

/** `$19.99`; amounts are in minor units, and currencies differ in how many there are. */
function price({ amount, currency }) {
  const format = new Intl.NumberFormat(navigator.language, { style: "currency", currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** The filters that say something, as a query. */
function query() {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
}

async function ask(path) {
  const answer = await fetch(`/api/v1${path}`, { headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? `The shop answered ${answer.status}`);
  return body;
}

function stock(available) {
  if (available <= 0) return ["none", "Sold out"];
  return available <= 5 ? ["low", `Only ${available} left`] : ["good", `${available} in stock`];
}

function element(name, className, ...content) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}

/** The picture, or the first letter where there is none or it does not load. */
function picture({ name, image }) {
  const letter = () => element("div", "picture letter", name.trim().charAt(0).toUpperCase());
  if (!image) return letter();
  const shown = new Image();
  shown.loading = "lazy";
  shown.decoding = "async";
  // The place is kept until the picture is there.
  shown.width = 400;
  shown.height = 400;
  shown.alt = image.alt || "";
  const holder = element("div", "picture", shown);
  shown.addEventListener("error", () => holder.replaceWith(letter()), { once: true });
  shown.src = image.url;
  return holder;
}

function show(product) {
  const link = element("a", "", product.name);
  link.href = `/api/v1/products/${encodeURIComponent(product.slug)}`;
  const [level, words] = stock(product.available);
  const text = element(
    "div",
    "text",
    element("p", "brand-name", product.brand),
    element("h2", "", link),
    element("p", "price", price(product.price)),
    element("p", `stock ${level}`, words),
  );
  return element("li", "card", picture(product), text);
}

function summary(total, shown) {
  if (total === 0) return "Nothing fits. Try other words, or fewer filters.";
  const all = total >= 10_000 ? "more than 10,000" : total.toLocaleString();
  return `${shown.toLocaleString()} of ${all} ${total === 1 ? "product" : "products"}`;
}

/** The first page of what the form asks for, or the next one. */
async function load({ next = false } = {}) {
  const mine = ++asked;
  const search = query();
  history.replaceState(null, "", search.size ? `?${search}` : location.pathname);
  search.set("limit", PAGE);
  if (next && cursor) search.set("cursor", cursor);
  list.setAttribute("aria-busy", "true");
  try {
    const page = await ask(`/products?${search}`);
    // An answer that somebody did not wait for.
    if (mine !== asked) return;
    const items = page.items.map(show);
    const first = items[0]?.querySelector("a");
    if (next) list.append(...items);
    else list.replaceChildren(...items);
    cursor = page.nextCursor;
    more.hidden = cursor === null;
    status.textContent = summary(page.total, list.children.length);
    if (next) first?.focus();
  } catch (error) {
    if (mine !== asked) return;
    if (!next) list.replaceChildren();
    more.hidden = !next;
    status.textContent = `The products could not be loaded: ${error.message}`;
  } finally {
    if (mine === asked) list.removeAttribute("aria-busy");
  }
}

function options(categories, select, depth = 0) {
  for (const { slug, name, count, children } of categories) {
    select.append(new Option(`${"\u2003".repeat(depth)}${name} (${count.toLocaleString()})`, slug));
    if (depth < 1) options(children, select, depth + 1);
  }
}

/** What the address says, put into the form. */
function restore() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements[name];
    if (!field) continue;
    if (field.type === "checkbox") field.checked = value === field.value;
    else field.value = value;
  }
}

let typing;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  load();
});
form.addEventListener("input", ({ target }) => {
  clearTimeout(typing);
  typing = setTimeout(load, target.type === "search" ? 250 : 0);
});
more.addEventListener("click", () => load({ next: true }));

// Without categories the shop can still be searched.
await ask("/categories").then(
  (categories) => options(categories, form.elements.category),
  () => undefined,
);
restore();
await load();
