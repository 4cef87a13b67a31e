import { readEnvironment } from "../../services/shared/environment.ts";

test.each([
  ["orders@shop.example", { name: "", address: "orders@shop.example" }],
  ["Fell & Fjord <orders@shop.example>", { name: "Fell & Fjord", address: "orders@shop.example" }],
  ['"Fjord, Fell" <orders@shop.example>', { name: "Fjord, Fell", address: "orders@shop.example" }],
])("MAIL_FROM %s names the shop and its address", (MAIL_FROM, expected) => {
  expect(readEnvironment({ MAIL_FROM }).MAIL_FROM).toEqual(expected);
});

test.each(["shop", "Shop <nobody>", "a@b.example, c@d.example"])("MAIL_FROM %s is refused by name", (MAIL_FROM) => {
  expect(() => readEnvironment({ MAIL_FROM })).toThrow(/^MAIL_FROM: an e-mail address/);
});

test("an administrator's password longer than bcrypt reads is refused at the start, counted in bytes", () => {
  expect(() => readEnvironment({ ADMIN_PASSWORD: "é".repeat(37) })).toThrow("ADMIN_PASSWORD: at most 72 bytes");
});
