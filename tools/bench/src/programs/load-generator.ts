/** A process that loads a server when its parent says how, and tells what came of it. Ends with its parent. */
import { closedLoop, type ClosedLoopOrder } from '../load/closed-loop.js';
import { openLoop, type OpenLoopOrder } from '../load/open-loop.js';

export type LoadOrder =
  | { readonly kind: 'closed'; readonly order: ClosedLoopOrder }
  | { readonly kind: 'open'; readonly order: OpenLoopOrder };

export type LoadAnswer = { readonly report: unknown } | { readonly failure: string };

process.on('message', (message: LoadOrder) => {
  const running: Promise<unknown> = message.kind === 'closed' ? closedLoop(message.order) : openLoop(message.order);
  running.then(
    (report) => answer({ report }),
    (error: Error) => answer({ failure: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));

function answer(message: LoadAnswer): void {
  process.send?.(message);
}
