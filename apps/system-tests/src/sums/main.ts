import { writeFile } from 'node:fs/promises';
import { page } from '../verdict.js';
import { runSums, type SumsOrder } from './run-sums.js';

/** A program of its own, so that it runs on the copy of the libraries beside it: `main.js ORDER FILE`, order as JSON. */
const [order, file] = process.argv.slice(2);
if (order === undefined || file === undefined) throw new Error('Usage: node …/sums/main.js ORDER FILE');

const checks = await runSums(JSON.parse(order) as SumsOrder);
await writeFile(file, JSON.stringify({ checks }));
process.stdout.write(`${page(checks)}\n`);
process.exit(0);
