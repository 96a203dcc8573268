import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;
let lastMs = 0;
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then a 12-bit counter that starts anew each
 * millisecond, then 62 random bits. Identifiers of one process sort in the order they were made.
 */
export function newId(nowMs: number = Date.now()): string {
  if (used > POOL_BYTES - 10) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += 10));
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = random.readUInt16BE(8) & 0x7ff;
  } else if (++counter > 0xfff) {
    lastMs++;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const sequence = counter.toString(16).padStart(3, '0');
  const variant = (((random[0] ?? 0) & 0x3f) | 0x80).toString(16);
  const rest = random.toString('hex', 1, 8);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${variant}${rest.slice(0, 2)}-${rest.slice(2)}`;
}
