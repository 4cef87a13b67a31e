import { readArguments } from "./arguments.ts";
import { withShop } from "./client.ts";

/** The answer of `users.rescue`. */
interface Rescued {
  email: string;
  password: string | null;
  made: boolean;
}

const usage = "npm run admin -- --email ADDRESS [--password PASSWORD]";
const { values } = readArguments(usage, 0, { email: { type: "string" }, password: { type: "string" } });
if (!values.email) {
  console.error(`Usage: ${usage}`);
  process.exit(1);
}

await withShop(async (client) => {
  const { email, password, made } = await client.post<Rescued>("/call/users.rescue", values);
  console.log(`${email} ${made ? "has an account now and is an administrator" : "is an administrator"}.`);
  console.log(password ? `Password ${password} (shown only now)` : "The password is the one you gave.");
  return 0;
});
