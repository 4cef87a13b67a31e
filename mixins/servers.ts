/** A server that is there and will not have us, as with a wrong password: waiting does not help. The message is one line. */
export class ServerRefusedError extends Error {}
