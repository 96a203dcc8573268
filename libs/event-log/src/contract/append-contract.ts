import { Fenced, TooLarge, TopicMismatch, UnknownTopic } from '../errors.js';
import { newFence, newRecord, newRecords, newTopic, names, type OpenedLog, readAll } from './contract-tools.js';

const texts = (records: readonly { value: Buffer }[]) => records.map((record) => record.value.toString());

export function appendContract(opened: () => OpenedLog): void {
  describe('append', () => {
    it('answers with one acknowledgement per record, in the order given, with offsets without holes', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 2 }]);
      const records = [0, 1, 0, 1, 1].map((partition, index) => newRecord(topic, partition, `n${index}`));

      const acks = await log.append(newFence(), records);

      expect(acks).toEqual(
        records.map(({ eventId, partition }, index) => ({
          eventId,
          topic,
          partition,
          offset: [0n, 0n, 1n, 1n, 2n][index],
          duplicate: false,
        })),
      );
      expect(texts(await readAll(log, topic, 1))).toEqual(['n1', 'n3', 'n4']);
    });

    it('takes records of several topics in one batch', async () => {
      const { log } = opened();
      const [first, second] = [newTopic(), newTopic()];
      await log.ensureTopics([first, second].map((name) => ({ name, partitions: 1 })));
      const records = [first, second, second, first].map((topic, index) => newRecord(topic, 0, `n${index}`));

      const acks = await log.append(newFence(), records);

      expect(acks.map(({ topic, offset }) => [topic, offset])).toEqual([
        [first, 0n],
        [second, 0n],
        [second, 1n],
        [first, 1n],
      ]);
      expect(texts(await readAll(log, second))).toEqual(['n1', 'n2']);
    });

    it('keeps the order of a batch that is larger than one request', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      const records = newRecords(topic, 0, ['n', 1_203]);

      const acks = await log.append(newFence(), records);

      expect(acks.map((ack) => ack.offset)).toEqual(records.map((_, index) => BigInt(index)));
      expect(texts(await readAll(log, topic))).toEqual(names('n', 1_203));
    });

    it('takes an empty batch', async () => {
      expect(await opened().log.append(newFence(), [])).toEqual([]);
    });

    it('refuses a record that is too large, and stores nothing of its batch', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      const records = [newRecord(topic, 0, 'small'), newRecord(topic, 0, Buffer.alloc(1_000_001))];
      await expect(log.append(newFence(), records)).rejects.toBeInstanceOf(TooLarge);
      expect(await readAll(log, topic)).toEqual([]);
    });

    it('refuses a topic and a partition that do not exist', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await expect(log.append(newFence(), [newRecord(newTopic(), 0, 'n')])).rejects.toBeInstanceOf(UnknownTopic);
      await expect(log.append(newFence(), [newRecord(topic, 7, 'n')])).rejects.toBeInstanceOf(UnknownTopic);
      expect(await log.topics()).toContain(topic);
    });

    it('keeps the order of two producers that append at the same time', async () => {
      const { log, another } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      const second = (await another?.()) ?? log;
      const produce = async (name: string) => {
        const fence = newFence();
        const records = newRecords(topic, 0, [name, 60]);
        const producer = name === 'a' ? log : second;
        for (let from = 0; from < 60; from += 6) await producer.append(fence, records.slice(from, from + 6));
      };

      await Promise.all([produce('a'), produce('b')]);

      const records = await readAll(log, topic);
      expect(records.map((record) => record.offset)).toEqual(Array.from({ length: 120 }, (_, index) => BigInt(index)));
      for (const name of ['a', 'b']) {
        expect(texts(records).filter((text) => text.startsWith(name))).toEqual(names(name, 60));
      }
      if (second !== log) await second.close();
    });
  });

  duplicatesAndFences(opened);
  topicsContract(opened);
}

function duplicatesAndFences(opened: () => OpenedLog): void {
  describe('appending again', () => {
    it('knows an event id that it holds, if the log can', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      const [fence, records] = [newFence(), newRecords(topic, 0, ['n', 3])];
      await log.append(fence, records.slice(0, 2));

      const acks = await log.append(fence, records);

      if (log.capabilities.idempotentAppend) {
        expect(acks.map(({ offset, duplicate }) => [offset, duplicate])).toEqual([
          [0n, true],
          [1n, true],
          [2n, false],
        ]);
        expect(texts(await readAll(log, topic))).toEqual(['n1', 'n2', 'n3']);
      } else {
        expect(texts(await readAll(log, topic))).toEqual(['n1', 'n2', 'n1', 'n2', 'n3']);
      }
    });

    it('refuses an event id that appears twice in one batch', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      const record = newRecord(topic, 0, 'n');
      await expect(log.append(newFence(), [record, record])).rejects.toBeInstanceOf(RangeError);
    });

    it('refuses the whole batch of a producer that has a newer owner, if the log can', async () => {
      const { log } = opened();
      if (!log.capabilities.producerFencing) return;
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      const [one, two] = [...newFence(), ...newFence()] as const;
      await log.append([one!, two!], newRecords(topic, 0, ['a', 1]));
      await log.append([{ ...two!, epoch: 2n }], newRecords(topic, 0, ['b', 1]));

      const stale = log.append([one!, two!], newRecords(topic, 0, ['c', 1]));

      await expect(stale).rejects.toBeInstanceOf(Fenced);
      await log.append([{ ...two!, epoch: 2n }, one!], newRecords(topic, 0, ['d', 1]));
      expect(texts(await readAll(log, topic))).toEqual(['a1', 'b1', 'd1']);
    });
  });
}

function topicsContract(opened: () => OpenedLog): void {
  describe('topics', () => {
    it('are created once, verified afterwards, and never altered', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 3 }]);
      await log.ensureTopics([{ name: topic, partitions: 3 }]);

      await expect(log.ensureTopics([{ name: topic, partitions: 4 }])).rejects.toBeInstanceOf(TopicMismatch);

      expect(await log.ends(topic)).toHaveLength(3);
      expect(await log.topics()).toContain(topic);
    });

    it('may be ensured by two clients at the same time', async () => {
      const { log, another } = opened();
      const second = (await another?.()) ?? log;
      const topic = newTopic();
      await Promise.all([log, second].map((client) => client.ensureTopics([{ name: topic, partitions: 2 }])));
      expect(await second.ends(topic)).toHaveLength(2);
      if (second !== log) await second.close();
    });

    it('can be asked for when the log is reachable', async () => {
      await opened().log.ping();
    });
  });

  describe('a closed client', () => {
    it('can be closed again and appends no more', async () => {
      const { log, another } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      const second = await another?.();
      if (!second) return;
      await second.append(newFence(), [newRecord(topic, 0, 'n')]);
      await second.close();
      await second.close();
      await expect(second.append(newFence(), [newRecord(topic, 0, 'late')])).rejects.toThrow();
      expect(texts(await readAll(log, topic))).toEqual(['n']);
    });
  });
}
