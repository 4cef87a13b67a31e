import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { compareSync, hashSync } from "bcryptjs";

/** What a thread is asked: to make a hash of this cost, or whether the password has this hash. */
export type Task = { password: string; cost: number } | { password: string; hash: string };

// Behind the thread that answers requests, where both want the same core. Elsewhere it would be the whole process.
if (process.platform === "linux") setPriority(5);

parentPort?.on("message", (task: Task) => {
  parentPort?.postMessage("cost" in task ? hashSync(task.password, task.cost) : compareSync(task.password, task.hash));
});
