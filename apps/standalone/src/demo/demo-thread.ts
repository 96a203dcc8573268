import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { DemoCity } from './demo-city.js';
import type { DemoOptions, DemoResult } from './run-demo.js';

/** What the thread is given; a terminal cannot be given, what is to stand on it comes as messages. */
export interface DemoOrder extends Pick<DemoOptions, 'requests' | 'seed' | 'throwAway'> {
  readonly city: DemoCity;
  readonly isTTY: boolean;
  readonly columns?: number;
}

/** Text for the terminal, and in the end the result. */
export type DemoMessage = { readonly text: string } | { readonly result: DemoResult };

/**
 * The demo in a thread of its own: callers and officers are not part of the city, whose services have the main thread.
 * @throws as {@link runDemo}
 */
export async function runDemoThread(city: DemoCity, options: DemoOptions): Promise<DemoResult> {
  const { requests, seed, throwAway, terminal, signal } = options;
  const { offices, urls, issuer } = city;
  const order: DemoOrder = {
    requests,
    seed,
    throwAway,
    city: { offices, urls, issuer: { tokenUrl: issuer.tokenUrl } },
    isTTY: terminal.isTTY === true,
    columns: terminal.columns,
  };
  const worker = new Worker(new URL('./demo-program.js', import.meta.url), { workerData: order });
  const stop = (): void => worker.postMessage('stop');
  let result: DemoResult | undefined;
  worker.on('message', (message: DemoMessage) => {
    if ('text' in message) terminal.write(message.text);
    else result = message.result;
  });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await once(worker, 'exit');
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (!result) throw new Error('the demo ended without a result');
  return result;
}
