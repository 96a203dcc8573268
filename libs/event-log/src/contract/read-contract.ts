import { UnknownTopic } from '../errors.js';
import type { LogRecord } from '../event-log.js';
import { names, newFence, newRecord, newRecords, newTopic, type OpenedLog, readAll } from './contract-tools.js';

export function readContract(opened: () => OpenedLog): void {
  describe('read', () => {
    it('gives back exactly the bytes, key and headers that were appended', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const large = Buffer.alloc(200_000, everyByte);
      const headers = {
        ce_type: 'relief.case.routed.v1',
        'x-odd': '"quotes", {braces}, \\backslash\\, Nước ngập 🌊\n',
      };
      const written = [everyByte, Buffer.alloc(0), large, Buffer.from('Thủ Đức \\x00 "text"')].map((value, index) => ({
        ...newRecord(topic, 0, value),
        key: `ca-${index} "Đường số 8", \\`,
        headers: index === 3 ? {} : headers,
      }));
      const before = Date.now() - 60_000;

      await log.append(newFence(), written);

      const read = await readAll(log, topic);
      expect(read.map(({ key, headers }) => ({ key, headers }))).toEqual(
        written.map(({ key, headers }) => ({ key, headers })),
      );
      for (const [index, record] of read.entries()) {
        expect(record.value.equals(written[index]!.value)).toBe(true);
        expect([record.topic, record.partition, record.offset]).toEqual([topic, 0, BigInt(index)]);
        expect(record.appendedAt.getTime()).toBeGreaterThan(before);
      }
    });

    it('has an identity that all its clients see', async () => {
      const { log, another } = opened();
      const identity = await log.identity();
      expect(identity).toContain(log.kind);
      expect(await log.identity()).toBe(identity);
      if (another) expect(await (await another()).identity()).toBe(identity);
    });

    it('starts at `from`, ends before `until`, and by default at the end as it was at the call', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['n', 10]));
      const read = async (limits: { from?: bigint; until?: bigint }) => {
        const offsets: number[] = [];
        for await (const record of log.read({ topic, partition: 0, ...limits })) offsets.push(Number(record.offset));
        return offsets;
      };
      expect(await read({ from: 3n, until: 6n })).toEqual([3, 4, 5]);
      expect(await read({ from: 8n })).toEqual([8, 9]);
      expect(await read({ from: 10n })).toEqual([]);
      expect(await read({ until: 0n })).toEqual([]);
    });

    it('can be left and aborted in the middle', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['n', 20]));
      const left: LogRecord[] = [];
      for await (const record of log.read({ topic, partition: 0 })) {
        left.push(record);
        if (left.length === 5) break;
      }
      const stopper = new AbortController();
      const aborted: LogRecord[] = [];
      for await (const record of log.read({ topic, partition: 0, signal: stopper.signal })) {
        aborted.push(record);
        if (aborted.length === 5) stopper.abort();
      }
      expect([left.length, aborted.length]).toEqual([5, 5]);
    });

    it('pages through thousands of records without a hole', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['n', 2_500]));
      const read = await readAll(log, topic);
      expect(read.map((record) => record.value.toString())).toEqual(names('n', 2_500));
    });

    it('knows the ends of every partition, and refuses what does not exist', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 2 }]);
      await log.append(newFence(), newRecords(topic, 1, ['n', 4]));
      expect(await log.ends(topic)).toEqual([
        { topic, partition: 0, earliest: 0n, next: 0n },
        { topic, partition: 1, earliest: 0n, next: 4n },
      ]);
      await expect(log.ends(newTopic())).rejects.toBeInstanceOf(UnknownTopic);
      await expect(readAll(log, newTopic())).rejects.toBeInstanceOf(UnknownTopic);
      await expect(readAll(log, topic, 9)).rejects.toBeInstanceOf(UnknownTopic);
    });
  });
}
