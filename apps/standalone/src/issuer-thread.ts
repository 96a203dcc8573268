import type { DemoIssuer, DemoIssuerOptions } from '@tiepsuc/demo-issuer';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * The demo issuer in a thread of its own: its library keeps an AsyncLocalStorage, which on Node 20 makes every promise
 * of the thread dearer, and the main one runs all services. Rejects with what the issuer could not start for.
 */
export async function startIssuerThread(options: DemoIssuerOptions): Promise<DemoIssuer> {
  const worker = new Worker(new URL('./issuer-program.js', import.meta.url), { workerData: options });
  const [addresses] = (await once(worker, 'message')) as [Omit<DemoIssuer, 'close'>];
  return {
    ...addresses,
    close: async () => {
      const ended = once(worker, 'exit');
      worker.postMessage('close');
      await ended;
    },
  };
}
