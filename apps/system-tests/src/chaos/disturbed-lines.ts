import type { ProxiedListener } from '@tiepsuc/kafka';
import { freePort } from '@tiepsuc/embedded-postgres/free-port';
import type { Environment } from '../test-city.js';
import { startFaultProxy, type FaultProxy, type NetworkFaults } from '../proxy/fault-proxy.js';

/** The network between processes and a server, that can be disturbed. */
export interface DisturbedLine {
  /** The process that speaks through it, or `replicas`. */
  readonly process: string;
  readonly to: 'database' | 'log';
  readonly faults: NetworkFaults;
}

const HERE = '127.0.0.1';
/** Every second and third process of a service, and one that has no second. */
const DISTURBED_ON_KAFKA = /-[bc]$|^notifications$/;

/**
 * The lines of a city: each process has one of its own to its database and, where that is PostgreSQL, one to the event
 * log. To Apache Kafka there is one for all replicas, because a broker tells every client of a listener the same
 * address; the others speak to it directly, so that something goes on whatever happens to the line.
 */
export class DisturbedLines {
  readonly lines: DisturbedLine[] = [];
  /** What the broker must be told; undefined on PostgreSQL. */
  brokerListener: ProxiedListener | undefined;
  private readonly proxies: FaultProxy[] = [];

  static async start(eventLog: 'postgres' | 'kafka'): Promise<DisturbedLines> {
    const started = new DisturbedLines();
    if (eventLog === 'kafka') {
      const port = await freePort();
      const advertisedPort = await started.add({ process: 'replicas', to: 'log', protocol: 'kafka', port });
      started.brokerListener = { port, advertisedPort };
    }
    return started;
  }

  /** The settings of a process, with the addresses that lead through its lines. */
  async through(name: string, env: Environment): Promise<Environment> {
    const { DATABASE_URL = '', EVENT_LOG = '' } = env;
    const log = await this.logAddress(name, EVENT_LOG);
    return {
      ...env,
      DATABASE_URL: await this.address(DATABASE_URL, { process: name, to: 'database' }),
      EVENT_LOG: log,
    };
  }

  async stop(): Promise<void> {
    for (const proxy of this.proxies) await proxy.stop();
  }

  private async logAddress(name: string, url: string): Promise<string> {
    if (!this.brokerListener) return this.address(url, { process: name, to: 'log' });
    return DISTURBED_ON_KAFKA.test(name) ? `kafka://${HERE}:${this.brokerListener.advertisedPort}` : url;
  }

  private async address(url: string, line: Pick<DisturbedLine, 'process' | 'to'>): Promise<string> {
    const address = new URL(url);
    address.port = String(await this.add({ ...line, protocol: 'postgres', port: Number(address.port) }));
    return address.toString();
  }

  /** The port of a new proxy to a port of this machine. */
  private async add({
    port,
    protocol,
    ...line
  }: Pick<DisturbedLine, 'process' | 'to'> & { port: number; protocol: 'postgres' | 'kafka' }): Promise<number> {
    const proxy = await startFaultProxy({ protocol, target: { host: HERE, port } });
    this.proxies.push(proxy);
    this.lines.push({ ...line, faults: proxy.faults });
    return proxy.port;
  }
}
