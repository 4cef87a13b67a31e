import { closeRig } from "../../rig/guard.ts";

/** Ends the servers that the set-up has started. */
export default closeRig;
