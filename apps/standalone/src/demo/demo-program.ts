import { parentPort, workerData } from 'node:worker_threads';
import type { DemoMessage, DemoOrder } from './demo-thread.js';
import { runDemo } from './run-demo.js';

/** What the thread of the demo runs: it tells what to write, then the result, and gives up at the first message it gets. */
if (!parentPort) throw new Error('the demo’s program runs in a thread: see demo-thread.ts');
const port = parentPort;
const tell = (message: DemoMessage): void => port.postMessage(message);
const { city, isTTY, columns, ...options } = workerData as DemoOrder;
const ending = new AbortController();
port.once('message', () => ending.abort());
const terminal = { isTTY, columns, write: (text: string) => tell({ text }) };
tell({ result: await runDemo(city, { ...options, terminal, signal: ending.signal }) });
port.close();
