import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '@tiepsuc/kafka';
import { freePort } from '@tiepsuc/embedded-postgres/free-port';
import { startFaultProxy } from '../proxy/fault-proxy.js';
import { page } from '../verdict.js';
import { checkAppends } from './append-checks.js';

/** A program of its own, so that it runs on the copy of the libraries beside it: `appends-main.js --json FILE`. */
const [option, file] = process.argv.slice(2);
if (option !== '--json' || file === undefined) throw new Error('Usage: node …/mutants/appends-main.js --json FILE');

const folder = await mkdtemp(join(tmpdir(), 'tiepsuc-appends-'));
const port = await freePort();
const proxy = await startFaultProxy({ protocol: 'kafka', target: { host: '127.0.0.1', port } });
const kafka = await startKafka({ folder, proxied: { port, advertisedPort: proxy.port }, logLevel: 'warn' });
try {
  const checks = await checkAppends(`kafka://127.0.0.1:${proxy.port}`, proxy.faults);
  await writeFile(file, JSON.stringify({ checks }));
  process.stdout.write(`${page(checks)}\n`);
} finally {
  await proxy.stop();
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
}
