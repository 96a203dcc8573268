import { randomUUID } from 'node:crypto';
import { describeKafka, disposablePostgres } from '@tiepsuc/test-servers';
import { KafkaEventLog } from '@tiepsuc/event-log';
import { Database, Unavailable } from '@tiepsuc/journal';
import { startKafka, type RunningKafka } from '@tiepsuc/kafka';
import { DataSource } from 'typeorm';
import { freePort } from '@tiepsuc/embedded-postgres/free-port';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';

describe('a fault proxy before PostgreSQL', () => {
  let proxy: FaultProxy;
  let direct: DataSource;
  let disturbed: DataSource;

  beforeAll(async () => {
    const url = new URL(await (await disposablePostgres()).database());
    direct = await new DataSource({ type: 'postgres', url: url.href }).initialize();
    await direct.query('CREATE TABLE kept (n int)');
    proxy = await startFaultProxy({ protocol: 'postgres', target: { host: '127.0.0.1', port: Number(url.port) } });
    url.port = String(proxy.port);
    disturbed = await new DataSource({ type: 'postgres', url: url.href, extra: { pipeline: true } }).initialize();
  });
  afterAll(async () => {
    await proxy.stop();
    await disturbed.destroy();
    await direct.destroy();
  });

  const kept = async () => (await direct.query('SELECT n FROM kept ORDER BY n')).map(({ n }: { n: number }) => n);

  it('lets a COMMIT be done whose client sees a broken connection', async () => {
    const database = new Database(disturbed);
    const dropped = proxy.faults.dropResponses(1);
    const change = database.transaction(async (sql) => {
      await sql.run({ text: 'INSERT INTO kept VALUES (1)' });
    });
    await expect(change).rejects.toThrow(Unavailable);
    expect(await dropped).toBe(1);
    expect(await kept()).toEqual([1]);
  });

  it('lets a single statement be done whose client sees a broken connection', async () => {
    const database = new Database(disturbed);
    const dropped = proxy.faults.dropResponses(1);
    await database.run({ text: 'SELECT 1' });
    const change = database.run({ name: 'keep', text: 'INSERT INTO kept VALUES ($1)', values: [2] });
    await expect(change).rejects.toThrow(Unavailable);
    expect(await dropped).toBe(1);
    expect(await kept()).toContain(2);
    await database.run({ name: 'keep', text: 'INSERT INTO kept VALUES ($1)', values: [3] });
    expect(await kept()).toContain(3);
  });
});

describeKafka('a fault proxy before Kafka', (shared) => {
  let kafka: RunningKafka;
  let proxy: FaultProxy;

  beforeAll(async () => {
    // The shared broker only shows that one can be had here: this suite needs one that names the proxy's address.
    expect(shared().brokers).not.toEqual([]);
    const port = await freePort();
    proxy = await startFaultProxy({ protocol: 'kafka', target: { host: '127.0.0.1', port } });
    kafka = await startKafka({ proxied: { port, advertisedPort: proxy.port }, logLevel: 'warn' });
  }, 120_000);
  afterAll(async () => {
    await proxy?.stop();
    await kafka?.stop();
  });

  it('lets records be stored whose producer sees a broken connection, and stores them again when it repeats', async () => {
    const log = new KafkaEventLog({ url: `kafka://127.0.0.1:${proxy.port}` });
    const topic = { name: `proxied-${randomUUID()}`, partitions: 1 };
    await log.ensureTopics([topic]);
    const record = (value: string) => ({
      eventId: randomUUID(),
      topic: topic.name,
      partition: 0,
      key: 'k',
      headers: {},
      value: Buffer.from(value),
    });
    await log.append([], [record('first')]);
    // The client itself asks again three times, with the same sequence number, which the broker knows.
    const dropped = proxy.faults.dropResponses(1);
    await log.append([], [record('second')]);
    expect(await dropped).toBe(1);
    const values: string[] = [];
    for await (const { value } of log.read({ topic: topic.name, partition: 0 })) values.push(value.toString());
    expect(values).toEqual(['first', 'second']);

    const all = proxy.faults.dropResponses(4);
    await expect(log.append([], [record('third')])).rejects.toThrow();
    expect(await all).toBe(4);
    const after: string[] = [];
    for await (const { value } of log.read({ topic: topic.name, partition: 0 })) after.push(value.toString());
    expect(after).toEqual(['first', 'second', 'third']);
    await log.close();
  }, 60_000);
});
