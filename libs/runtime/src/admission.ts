import { newId } from '@tiepsuc/contracts';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Metrics } from './metrics.js';
import { PROBLEM_TYPE } from './problem-filter.js';
import { problemDocument, tongueOf, type ProblemOptions } from './problem.js';

const RETRY_AFTER_SECONDS = '1';
/** What says how the service fares must be answered above all when it fares badly. */
const ALWAYS_ANSWERED = /^\/(?:livez|readyz|metrics)(?:$|[/?])/;

const OVERLOADED: ProblemOptions = {
  status: 429,
  code: 'overloaded',
  title: { vi: 'Hệ thống đang quá tải', en: 'The service is overloaded' },
  remedy: {
    vi: 'Yêu cầu này chưa được ghi nhận. Xin gửi lại sau vài giây.',
    en: 'Nothing of this request was kept. Send it again in a few seconds.',
  },
};

/** Serving takes so long on average: who comes now would wait longer than most callers do. */
const WAIT_MAX_MS = 1_000;
/** So few are always served at the same time, however long it takes. */
const IN_FLIGHT_MIN = 32;
/** Weight of one request in the average. One that takes for ever, such as a large import, must not shut the door. */
const WEIGHT = 0.05;
const COUNTED_MAX_MS = 5_000;

/**
 * Turns requests away while as many as may be are being served, or while serving takes too long. It decides before
 * anything of a request is read, because a refusal that costs as much as a service would bring the service down all the
 * same; and never afterwards, so what is acknowledged was never shed.
 *
 * Requests whose callers have hung up are not served: a service that is late would otherwise work for them alone.
 */
export function addAdmission(
  server: Server,
  { inFlightMax, metrics }: { readonly inFlightMax: number; readonly metrics: Metrics },
): void {
  let inFlight = 0;
  let averageMs = 0;
  /** Requests that are being served, by connection. */
  const served = new WeakMap<Socket, number>();
  const shed = metrics.counter({ name: 'http_server_shed_total', help: 'Requests turned away because of overload' });
  const left = metrics.counter({ name: 'http_server_left_total', help: 'Requests whose callers hung up before' });
  metrics.gauge({
    name: 'http_server_in_flight_requests',
    help: 'Requests that are being served',
    collect: (gauge) => gauge.set(inFlight),
  });
  const isFull = (): boolean => inFlight >= (averageMs > WAIT_MAX_MS ? IN_FLIGHT_MIN : inFlightMax);
  // Of several requests that a connection has sent ahead, only the response that is its turn closes with the connection.
  const gone = (socket: Socket): void => {
    inFlight -= served.get(socket) ?? 0;
    served.delete(socket);
  };
  const begun = (socket: Socket): void => {
    inFlight++;
    const before = served.get(socket);
    served.set(socket, (before ?? 0) + 1);
    if (before === undefined) socket.once('close', () => gone(socket));
  };
  const done = (socket: Socket, tookMs: number): void => {
    averageMs += WEIGHT * (Math.min(tookMs, COUNTED_MAX_MS) - averageMs);
    const before = served.get(socket);
    if (before === undefined) return;
    inFlight--;
    served.set(socket, before - 1);
  };
  for (const serve of server.listeners('request') as RequestListener[]) {
    server.off('request', serve);
    server.on(
      'request',
      afterATurn((request, response) => {
        if (!request.socket.writable) return left.inc();
        if (isFull() && !ALWAYS_ANSWERED.test(request.url ?? '')) {
          shed.inc();
          turnAway(request, response);
          return;
        }
        const { socket } = request;
        begun(socket);
        const cameAtMs = performance.now();
        response.once('close', () => done(socket, performance.now() - cameAtMs));
        serve(request, response);
      }),
    );
  }
}

/**
 * Hands requests on a turn of the event loop later, those of one turn together: that a caller has hung up is only read
 * after everything that he had sent before.
 */
function afterATurn(admit: RequestListener): RequestListener {
  let waiting: Parameters<RequestListener>[] = [];
  const admitLater = (): void => {
    const all = waiting;
    waiting = [];
    setImmediate(() => {
      for (const [request, response] of all) admit(request, response);
    });
  };
  return (request, response) => {
    if (waiting.length === 0) setImmediate(admitLater);
    waiting.push([request, response]);
  };
}

function turnAway(request: IncomingMessage, response: ServerResponse): void {
  const document = JSON.stringify(problemDocument(OVERLOADED, tongueOf(request.headers['accept-language']), newId()));
  response.writeHead(OVERLOADED.status, {
    'content-type': PROBLEM_TYPE,
    'content-length': Buffer.byteLength(document),
    'cache-control': 'no-store',
    'retry-after': RETRY_AFTER_SECONDS,
  });
  response.end(document);
}
