import { isFree } from '@tiepsuc/embedded-postgres/free-port';

const HOST = '127.0.0.1';

/** Who listens where, counted from the first port. The embedded PostgreSQL chooses its own and remembers it. */
const OFFSETS = { intake: 0, routing: 1, district: 2, notifications: 3, audit: 4, issuer: 9 } as const;

export type Listener = keyof typeof OFFSETS;
export type Ports = Readonly<Record<Listener, number>>;

export const LISTENERS = Object.keys(OFFSETS) as Listener[];

/** A port that another program listens on. */
export class PortTaken extends Error {
  constructor(port: number, listener: Listener) {
    super(
      `Cổng ${port} (${listener}) đã có chương trình khác dùng: chọn cổng đầu tiên khác bằng --port. / ` +
        `Port ${port} (${listener}) is taken by another program: choose another first port with --port.`,
    );
  }
}

export function portsFrom(first: number): Ports {
  return Object.fromEntries(LISTENERS.map((listener) => [listener, first + OFFSETS[listener]])) as Ports;
}

/** @throws PortTaken for the first that cannot be listened on */
export async function checkFree(ports: Ports): Promise<void> {
  for (const listener of LISTENERS) {
    if (!(await isFree(ports[listener]))) throw new PortTaken(ports[listener], listener);
  }
}

export function addressOf(port: number): string {
  return `http://${HOST}:${port}`;
}
