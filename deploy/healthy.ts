import { get } from "node:http";

/** Ends with 0 when the node of this container is ready, and otherwise says what it answers. */
const port = process.env.HEALTH_PORT || process.env.PORT || 3000;
get({ port, path: "/health/ready", timeout: 4_000 }, async (response) => {
  if (response.statusCode === 200) process.exit(0);
  for await (const chunk of response) process.stdout.write(chunk);
  process.exit(1);
})
  .on("timeout", () => process.exit(1))
  .on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  });
