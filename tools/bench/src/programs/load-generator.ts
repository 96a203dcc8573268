/** A process that loads a server when its parent says how, and tells what came of it. Ends with its parent. */
import { closedLoop, type LoadOrder, type LoadReport } from '../load/closed-loop.js';

export type LoadAnswer = { readonly report: LoadReport } | { readonly failure: string };

process.on('message', (order: LoadOrder) => {
  closedLoop(order).then(
    (report) => answer({ report }),
    (error: Error) => answer({ failure: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));

function answer(message: LoadAnswer): void {
  process.send?.(message);
}
