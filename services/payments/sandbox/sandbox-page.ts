import { format } from "../../shared/money.ts";

const STATES: Record<string, string> = {
  authorized: "You have confirmed this payment. You may close this page and go back to the shop.",
  captured: "This payment is done. You may close this page and go back to the shop.",
  declined: "This payment was refused. You may close this page and go back to the shop.",
};

interface Asked {
  status: string;
  amount: number;
  currency: string;
}

/** The bank's page: a plain form that posts to its own address, without scripts or styles of its own. */
export function sandboxPage({ status, amount, currency }: Asked): string {
  const body =
    status === "requires_action"
      ? `<p>The shop asks for <strong>${format({ amount, currency })}</strong>. No real money is moved.</p>
<form method="post">
<button type="submit" name="decision" value="approve">Confirm the payment</button>
<button type="submit" name="decision" value="refuse">Refuse the payment</button>
</form>`
      : `<p role="status">${STATES[status] ?? "This payment is no longer open. You may close this page."}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Sandbox bank</title>
</head>
<body>
<main>
<h1>Sandbox bank</h1>
${body}
</main>
</body>
</html>
`;
}
