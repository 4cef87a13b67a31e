import { BSON } from "mongodb";

const OP_MSG = 2013;
const HELLO = { ok: 1, helloOk: true, isWritablePrimary: true, ismaster: true, minWireVersion: 0, maxWireVersion: 21 };

/** Answers as MongoDB does, in the old form of messages and the new one; whoever signs in is refused. */
export function refuseAsMongo(message: Buffer): Buffer {
  const modern = message.readInt32LE(12) === OP_MSG;
  const command = BSON.deserialize(message.subarray(modern ? 21 : message.indexOf(0, 20) + 9));
  const hello = "hello" in command || "ismaster" in command || "isMaster" in command;
  const refused = { ok: 0, code: 18, codeName: "AuthenticationFailed", errmsg: "Authentication failed." };
  const body = BSON.serialize(hello ? { ...HELLO, saslSupportedMechs: ["SCRAM-SHA-256"] } : refused);
  const head = Buffer.alloc(modern ? 21 : 36);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(modern ? OP_MSG : 1, 12);
  if (!modern) head.writeInt32LE(1, 32);
  return Buffer.concat([head, body]);
}
