const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);

/** What somebody sees who sent an HTML form: the plain fields of the result. */
export function resultPage(result: unknown): string {
  const fields = typeof result === "object" && result !== null ? Object.entries(result) : [];
  const rows = fields
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]) => `<p>${escaped(name)}: <strong>${escaped(String(value))}</strong></p>`);
  return page("Done", `${rows.join("\n")}\n<p>You can close this page and go back to the shop.</p>`);
}

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1.5rem;color:#1d2327}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
