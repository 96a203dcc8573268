#!/usr/bin/env node
import { run } from './run.js';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
// The reader of our output may close it early, as `head` does; cleaning up must still happen.
process.stdout.on('error', () => stopping.abort());

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  signal: stopping.signal,
  print: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
});
