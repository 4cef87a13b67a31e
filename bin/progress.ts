import { type Readable, Transform } from "node:stream";

const NEWLINE = 10;

/** Counts what the reader takes and tells it on the error stream: in place in a terminal, else now and then. */
export function progress(input: Readable, size?: number): { counted: Readable; end(): void } {
  const { isTTY } = process.stderr;
  const began = performance.now();
  let bytes = 0;
  let rows = 0;
  let told = "";
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === NEWLINE) rows++;
      done(null, chunk);
    },
  });
  // `pipeline` would end the process's own input; an error of the input must reach whoever reads.
  input.on("error", (error) => counted.destroy(error)).pipe(counted);
  const tell = () => {
    const seconds = (performance.now() - began) / 1_000;
    const part = size ? ` of ${megabytes(size)}, ${Math.floor((bytes / size) * 100)} %` : "";
    const line = `${rows} rows, ${megabytes(bytes)}${part}, ${Math.round(rows / seconds)} rows a second`;
    if (line === told) return;
    told = line;
    process.stderr.write(isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  };
  const timer = setInterval(tell, isTTY ? 200 : 2_000);
  return {
    counted,
    end() {
      clearInterval(timer);
      tell();
      if (isTTY) process.stderr.write("\n");
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
