import { startDemoIssuer, type DemoIssuerOptions } from '@tiepsuc/demo-issuer';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread of the demo issuer runs: it tells its addresses, and ends at the first message it gets. */
if (!parentPort) throw new Error('the issuer’s program runs in a thread: see issuer-thread.ts');
const port = parentPort;
const { close, ...addresses } = await startDemoIssuer(workerData as DemoIssuerOptions);
port.once('message', () => void close().then(() => port.close()));
port.postMessage(addresses);
