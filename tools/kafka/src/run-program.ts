import { execFile } from 'node:child_process';

/** Enough of a failed program's output to see why it failed. */
const OUTPUT_IN_ERROR_CHARS = 3_000;
const OUTPUT_MAX_BYTES = 4 * 1024 * 1024;

/**
 * Runs a program to its end and returns what it wrote to both streams. Rejects, with the end of its output,
 * when it cannot be started, fails, or needs longer than `limitMs` (it is then killed).
 */
export function runProgram(program: string, args: string[], { limitMs }: { limitMs: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: OUTPUT_MAX_BYTES } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (!error) return resolve(output);
      const how = error.killed ? `was killed after ${limitMs} ms` : `failed (${error.code ?? error.signal})`;
      reject(new Error(`${program} ${how}: ${output.slice(-OUTPUT_IN_ERROR_CHARS)}`.trim()));
    });
  });
}
