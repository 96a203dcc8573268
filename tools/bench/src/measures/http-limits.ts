import type { Reading } from '../bench-row.js';
import { closedLoopLabel, ordersFor } from '../load/orders.js';
import { loadClosed, startServer } from '../own-process.js';
import type { PartContext } from '../part.js';

export const ECHO = 'node:http echo';
export const FRAMEWORK = 'framework, nothing stored';

/** What plain HTTP allows on this machine, and what is left of it with the services' own framework. */
export async function httpLimits(context: PartContext): Promise<Reading[]> {
  const { issuer, audience } = context.surroundings;
  const rules = { issuer: issuer.issuer, audience, jwksUrl: issuer.jwksUrl };
  const echo = await rateOf(context, { program: 'echo-server', args: [] });
  const framework = await rateOf(context, { program: 'framework-server', args: [JSON.stringify(rules)] });
  const unit = 'requests/s';
  return [
    { name: ECHO, unit, limit: echo.perSecond, p50: echo.p50Ms, p99: echo.p99Ms, latency: closedLoopLabel },
    {
      name: FRAMEWORK,
      unit,
      ours: framework.perSecond,
      limitedBy: [{ row: ECHO, uses: 1 }],
      p50: framework.p50Ms,
      p99: framework.p99Ms,
      latency: closedLoopLabel,
    },
  ];
}

async function rateOf(
  { surroundings, options }: PartContext,
  { program, args }: { readonly program: string; readonly args: readonly string[] },
) {
  const server = await startServer(program, ...args);
  try {
    const orders = await ordersFor(surroundings);
    const { warmUpMs, measureMs } = options;
    return await loadClosed({ ...orders, warmUpMs, measureMs, port: server.port, runName: program });
  } finally {
    await server.stop();
  }
}
