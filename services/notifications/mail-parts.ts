/** What every mail is made of: a heading, paragraphs, a link, and the same in plain text. */
export interface MailText {
  subject: string;
  text: string;
  html: string;
}

/** An amount with its label; `strong` for the one that counts. */
export interface Sum {
  label: string;
  amount: string;
  strong?: boolean;
}

export interface Row {
  name: string;
  detail: string;
  amount: string;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text that people typed, harmless inside HTML and its attributes. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);

/** One line without control characters, nor those that turn the direction of what follows. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, "")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();

/** With a capital letter and a full stop. */
export function sentence(text: string): string {
  const line = oneLine(text);
  const whole = line.charAt(0).toUpperCase() + line.slice(1);
  return /[.!?]$/.test(whole) || !whole ? whole : `${whole}.`;
}

const WIDTH = 64;

function aligned(left: string, right: string): string {
  return `${left}${" ".repeat(Math.max(2, WIDTH - left.length - right.length))}${right}`;
}

export const textRows = (rows: readonly Row[], sums: readonly Sum[]): string =>
  [
    ...rows.flatMap(({ name, detail, amount }) => [name, aligned(`    ${detail}`, amount)]),
    "-".repeat(WIDTH),
    ...sums.map(({ label, amount }) => aligned(label, amount)),
  ].join("\n");

// Mail programs drop style sheets and know few properties, so each element carries its own.
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const INK = "#1f2933";
const QUIET = "#52606d";
const LINE = "border-top:1px solid #e4e7eb";
const CELL = `${FONT};font-size:15px;line-height:22px;color:${INK};vertical-align:top`;
const TABLE = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';

export const paragraph = (text: string): string =>
  `<p style="${FONT};font-size:16px;line-height:24px;color:${INK};margin:0 0 16px">${escaped(text)}</p>`;

export const heading = (text: string): string =>
  `<h2 style="${FONT};font-size:16px;line-height:24px;color:${INK};margin:24px 0 4px">${escaped(text)}</h2>`;

export const lines = (texts: readonly string[]): string =>
  `<p style="${FONT};font-size:15px;line-height:22px;color:${QUIET};margin:0">${texts.map(escaped).join("<br>")}</p>`;

export function htmlRows(rows: readonly Row[], sums: readonly Sum[]): string {
  const goods = rows.map(
    ({ name, detail, amount }) =>
      `<tr><td style="${CELL};${LINE};padding:12px 16px 12px 0">${escaped(name)}<br>` +
      `<span style="color:${QUIET};font-size:13px">${escaped(detail)}</span></td>` +
      `<td align="right" style="${CELL};${LINE};padding:12px 0;white-space:nowrap">${escaped(amount)}</td></tr>`,
  );
  const totals = sums.map(({ label, amount, strong }) => {
    const style = `${CELL};${strong ? `${LINE};font-weight:bold;padding:12px 0` : "padding:4px 0"}`;
    return `<tr><td style="${style}">${escaped(label)}</td><td align="right" style="${style};white-space:nowrap">${escaped(amount)}</td></tr>`;
  });
  return `<table ${TABLE} style="margin:8px 0 0">${goods.join("")}<tr><td colspan="2" style="${LINE};font-size:0;line-height:0;height:8px">&nbsp;</td></tr>${totals.join("")}</table>`;
}

export const button = (label: string, url: string): string =>
  `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:28px 0 0"><tr>` +
  `<td style="background:${INK};border-radius:6px"><a href="${escaped(url)}" style="${FONT};display:inline-block;padding:12px 20px;font-size:15px;line-height:20px;color:#ffffff;text-decoration:none">${escaped(label)}</a></td></tr></table>`;

/** A page for mail programs: one column, nothing loaded from elsewhere. `preview` is what lists of mails show. */
export function page({ title, preview, shop, body }: Record<"title" | "preview" | "shop" | "body", string>): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escaped(title)}</title></head>`,
    `<body style="margin:0;padding:0;background:#f5f7fa">`,
    `<div style="display:none;max-height:0;overflow:hidden">${escaped(preview)}</div>`,
    `<table ${TABLE} style="background:#f5f7fa"><tr><td align="center" style="padding:24px 12px">`,
    `<table ${TABLE} style="max-width:600px;background:#ffffff;border-radius:8px"><tr><td style="padding:32px">`,
    `<p style="${FONT};font-size:13px;line-height:20px;color:${QUIET};margin:0 0 8px">${escaped(shop)}</p>`,
    `<h1 style="${FONT};font-size:24px;line-height:32px;color:${INK};margin:0 0 16px">${escaped(title)}</h1>`,
    body,
    "</td></tr></table></td></tr></table></body></html>",
  ].join("\n");
}
