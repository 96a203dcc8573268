import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';

/** A server that answers every byte with the same byte. */
async function echoServer(): Promise<{ server: Server; sockets: Set<Socket>; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, sockets, port: (server.address() as AddressInfo).port };
}

/** What a client has heard so far, and how its connection ended. */
class Client {
  heard = '';
  ended: string | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => (this.heard += bytes.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.ended = error.code));
    socket.on('close', () => (this.ended ??= 'closed'));
  }

  static async to(port: number): Promise<Client> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Client(socket);
  }

  say(text: string): void {
    this.socket.write(text);
  }

  async hears(text: string): Promise<void> {
    while (this.heard.length < text.length) await once(this.socket, 'data');
    expect(this.heard).toBe(text);
  }

  async end(): Promise<string> {
    if (this.ended === undefined) await new Promise((resolve) => this.socket.once('close', resolve));
    return String(this.ended);
  }
}

describe('a fault proxy', () => {
  let echo: Awaited<ReturnType<typeof echoServer>>;
  let proxy: FaultProxy;
  let client: Client;

  beforeEach(async () => {
    echo = await echoServer();
    // The bytes of this suite are too few for a whole Kafka frame, so that nothing is taken for a request.
    proxy = await startFaultProxy({ protocol: 'kafka', target: { host: '127.0.0.1', port: echo.port } });
    client = await Client.to(proxy.port);
    client.say('a');
    await client.hears('a');
  });
  afterEach(async () => {
    client.socket.destroy();
    await proxy.stop();
    for (const socket of echo.sockets) socket.destroy();
    echo.server.close();
  });

  it('passes bytes on in both directions', async () => {
    client.say('b');
    await client.hears('ab');
  });

  it('delivers late bytes in their order', async () => {
    const over = proxy.faults.latency(60, 20);
    client.say('b');
    await over;
    client.say('c');
    await client.hears('abc');
  });

  it('holds back in a black hole what it delivers afterwards', async () => {
    const order: string[] = [];
    const over = proxy.faults.blackHole(200).then(() => order.push('over'));
    client.socket.once('data', () => order.push('heard'));
    client.say('b');
    const other = await Client.to(proxy.port);
    other.socket.once('data', () => order.push('heard'));
    other.say('x');
    await Promise.all([over, client.hears('ab'), other.hears('x')]);
    expect(order).toEqual(['over', 'heard', 'heard']);
    other.socket.destroy();
  });

  it('knows how many connections a fault can take hold of: none that ended, is deaf or has no server', async () => {
    expect(proxy.faults.openConnections).toBe(1);
    const other = await Client.to(proxy.port);
    other.say('x');
    await other.hears('x');
    expect(proxy.faults.openConnections).toBe(2);
    other.socket.destroy();
    while (echo.sockets.size > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(proxy.faults.openConnections).toBe(1);
    void proxy.faults.halfOpen(60_000);
    expect(proxy.faults.openConnections).toBe(0);
  });

  it('resets every connection, and takes new ones', async () => {
    proxy.faults.reset();
    expect(await client.end()).toBe('ECONNRESET');
    const next = await Client.to(proxy.port);
    next.say('n');
    await next.hears('n');
    next.socket.destroy();
  });

  it('leaves clients in the belief that they are connected, until the half-open time is over', async () => {
    const order: string[] = [];
    const over = proxy.faults.halfOpen(1_000).then(() => order.push('over'));
    while (echo.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    client.say('b');
    const late = await Client.to(proxy.port);
    late.say('c');
    const ends = [client, late].map((one) => one.end().finally(() => order.push('end')));
    expect(await Promise.all(ends)).toEqual(['ECONNRESET', 'ECONNRESET']);
    await over;
    expect(order).toEqual(['over', 'end', 'end']);
    expect([client.heard, late.heard]).toEqual(['a', '']);
  });

  it('resets clients of a server that is away', async () => {
    for (const socket of echo.sockets) socket.destroy();
    echo.server.close();
    expect(await client.end()).toBe('closed');
    const next = await Client.to(proxy.port);
    expect(await next.end()).toBe('ECONNRESET');
  });

  it('breaks everything when it stops, and tells who waited for drops how many there were', async () => {
    const dropped = proxy.faults.dropResponses(3);
    await proxy.stop();
    expect(await dropped).toBe(0);
    expect(await client.end()).toBe('ECONNRESET');
  });
});
