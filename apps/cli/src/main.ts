#!/usr/bin/env node
import { run } from './run.js';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
// Whoever reads our output may have seen enough, as `head` does; then what was begun is still cleaned up.
process.stdout.on('error', () => stopping.abort());

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  signal: stopping.signal,
  print: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
});
