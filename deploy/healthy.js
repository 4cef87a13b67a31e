// Ends with 0 when the node of this container is ready, and otherwise says what it answers. It runs every few seconds in
// every container: without types to strip and without all of node:http it takes a third of the processor's time.
import { connect } from "node:net";

const port = Number(process.env.HEALTH_PORT || process.env.PORT || 3000);
let answer = "";

const socket = connect({ host: "127.0.0.1", port }, () => socket.write("GET /health/ready HTTP/1.0\r\n\r\n"));
socket
  .setEncoding("utf8")
  .setTimeout(4_000, () => socket.destroy(new Error("No answer within 4 s")))
  .on("data", (text) => {
    answer += text;
  })
  .on("error", (error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .on("end", () => {
    if (/^HTTP\/1\.[01] 200 /.test(answer)) return;
    console.log(answer.slice(answer.indexOf("\r\n\r\n") + 4) || "No answer");
    process.exitCode = 1;
  });
