import { newId } from '@tiepsuc/contracts';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Metrics } from './metrics.js';
import { PROBLEM_TYPE } from './problem-filter.js';
import { problemDocument, preferredLanguage, type ProblemOptions } from './problem.js';

const RETRY_AFTER_SECONDS = '1';
/** Paths that are never refused: health and metrics matter most under overload. */
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

/** Average serving time above which requests are refused: a new one would wait longer than most callers do. */
const WAIT_MAX_MS = 1_000;
/** So few are always served at the same time, however long it takes. */
const IN_FLIGHT_MIN = 32;
/** Weight of one request in the average. One that takes for ever, such as a large import, must not shut the door. */
const WEIGHT = 0.05;
const COUNTED_MAX_MS = 5_000;
/** Requests whose body is still on its way. They hold no slot, or a few dozen callers who never finish could take them all. */
const ARRIVING_MAX = 512;

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
  const places = new Slots(inFlightMax);
  const shed = metrics.counter({ name: 'http_server_shed_total', help: 'Requests turned away because of overload' });
  const left = metrics.counter({ name: 'http_server_left_total', help: 'Requests whose callers hung up before' });
  metrics.gauge({
    name: 'http_server_in_flight_requests',
    help: 'Requests that are being served',
    collect: (gauge) => gauge.set(places.taken),
  });
  for (const serve of server.listeners('request') as RequestListener[]) {
    server.off('request', serve);
    server.on(
      'request',
      afterATurn((request, response) => {
        if (!request.socket.writable) return left.inc();
        // A stopping service keeps no connection open.
        if (!server.listening) response.shouldKeepAlive = false;
        if (!places.hasRoomFor(request) && !ALWAYS_ANSWERED.test(request.url ?? '')) {
          shed.inc();
          turnAway(request, response);
          return;
        }
        places.give(request, response);
        serve(request, response);
      }),
    );
  }
}

/** Requests being served. One holds a slot from when its body is complete until its response is closed. */
class Slots {
  taken = 0;
  private arriving = 0;
  private averageMs = 0;
  private readonly takenBy = new WeakMap<Socket, number>();

  constructor(private readonly inFlightMax: number) {}

  hasRoomFor(request: IncomingMessage): boolean {
    const max = this.averageMs > WAIT_MAX_MS ? IN_FLIGHT_MIN : this.inFlightMax;
    return this.taken < max && (request.complete || this.arriving < ARRIVING_MAX);
  }

  give(request: IncomingMessage, response: ServerResponse): void {
    if (request.complete) return this.take(request, response);
    this.arriving++;
    let isArriving = true;
    const arrived = (): void => {
      if (isArriving) this.arriving--;
      isArriving = false;
    };
    request.once('close', arrived);
    // For a request answered before its body was complete, Node.js may emit neither `end` nor `close`.
    response.once('close', arrived);
    request.once('end', () => {
      arrived();
      // A request answered before its body was complete needs no slot.
      if (!response.writableEnded && !response.destroyed) this.take(request, response);
    });
  }

  private take({ socket }: IncomingMessage, response: ServerResponse): void {
    this.taken++;
    const before = this.takenBy.get(socket);
    this.takenBy.set(socket, (before ?? 0) + 1);
    if (before === undefined) socket.once('close', () => this.leaveAll(socket));
    const cameAtMs = performance.now();
    response.once('close', () => this.leave(socket, performance.now() - cameAtMs));
  }

  private leave(socket: Socket, tookMs: number): void {
    this.averageMs += WEIGHT * (Math.min(tookMs, COUNTED_MAX_MS) - this.averageMs);
    const before = this.takenBy.get(socket);
    if (before === undefined) return;
    this.taken--;
    this.takenBy.set(socket, before - 1);
  }

  /** Of several requests that a connection has sent ahead, only the response whose turn it is closes with it. */
  private leaveAll(socket: Socket): void {
    this.taken -= this.takenBy.get(socket) ?? 0;
    this.takenBy.delete(socket);
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
  const document = JSON.stringify(
    problemDocument(OVERLOADED, preferredLanguage(request.headers['accept-language']), newId()),
  );
  response.writeHead(OVERLOADED.status, {
    'content-type': PROBLEM_TYPE,
    'content-length': Buffer.byteLength(document),
    'cache-control': 'no-store',
    'retry-after': RETRY_AFTER_SECONDS,
  });
  response.end(document);
}
