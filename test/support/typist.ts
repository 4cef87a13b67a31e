import { eventually } from "./eventually.ts";
import { launch } from "./process-shop.ts";

/** Somebody at the prompt: types a line when the prompt is there, and gives what was printed until the next one. */
export function typist(env: Record<string, string>) {
  const { child, output, exited } = launch("repl", [], env);
  let read = 0;
  const prompt = () => eventually(() => output.stdout.indexOf("molecart $", read) + 1);
  return {
    exited,
    async type(line: string): Promise<string> {
      const at = await prompt();
      read = at + "molecart $".length;
      child.stdin.write(`${line}\r`);
      const end = await prompt();
      return output.stdout.slice(read, end);
    },
    async leave(): Promise<void> {
      await prompt();
      child.stdin.write("quit\r");
      await exited;
    },
  };
}
