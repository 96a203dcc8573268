import fc from 'fast-check';
import { createRequire } from 'node:module';
import { murmur2, partitionOf } from './partition.js';

const require = createRequire(import.meta.url);
const kafkaJsMurmur2 = require('kafkajs/src/producer/partitioners/default/murmur2') as (key: Buffer) => number;

describe('the partition of a key', () => {
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as the Java client does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('hashes any bytes as kafkajs does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(murmur2(bytes)).toBe(kafkaJsMurmur2(Buffer.from(bytes)));
      }),
      { numRuns: 2000 },
    );
  });

  it('hashes bytes that lie inside a larger buffer', () => {
    const inside = Buffer.from('xxfoobaryy').subarray(2, 8);
    expect(murmur2(inside)).toBe(-790332482);
  });

  it('is always one of the partitions, and the same for the same key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 200 }), (key, partitions) => {
        const partition = partitionOf(key, partitions);
        expect(partition).toBe(partitionOf(key, partitions));
        expect(partition >= 0 && partition < partitions).toBe(true);
        expect(partition).toBe((kafkaJsMurmur2(Buffer.from(key)) & 0x7fffffff) % partitions);
      }),
    );
  });
});
