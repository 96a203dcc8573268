import { isFree } from '@tiepsuc/embedded-postgres/free-port';
import { SERVICES, type ServiceName } from '@tiepsuc/services';

const HOST = '127.0.0.1';

/** Who listens where, counted from the first port. The embedded PostgreSQL chooses its own and remembers it. */
const OFFSETS: readonly (readonly [Listener, offset: number])[] = [
  ...SERVICES.map(({ name, port }) => [name, port] as const),
  ['issuer', 9],
];

export type Listener = ServiceName | 'issuer';
export type Ports = Readonly<Record<Listener, number>>;

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
  return Object.fromEntries(OFFSETS.map(([listener, offset]) => [listener, first + offset])) as Ports;
}

/** @throws PortTaken for the first that cannot be listened on */
export async function checkFree(ports: Ports): Promise<void> {
  for (const [listener] of OFFSETS) {
    if (!(await isFree(ports[listener]))) throw new PortTaken(ports[listener], listener);
  }
}

export function addressOf(port: number): string {
  return `http://${HOST}:${port}`;
}
