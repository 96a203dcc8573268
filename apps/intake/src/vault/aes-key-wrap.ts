import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Length of a data key, and of the key that wraps it. */
export const KEY_BYTES = 32;
/** AES Key Wrap adds one block of eight bytes that proves the integrity of the rest. */
export const WRAPPED_KEY_BYTES = KEY_BYTES + 8;

const CIPHER = 'id-aes256-wrap';
/** The initial value of RFC 3394, section 2.2.3.1. */
const INITIAL_VALUE = Buffer.alloc(8, 0xa6);

/** Wraps a 256-bit key with AES-256-KW (RFC 3394). The same two keys always give the same 40 bytes. */
export function wrapKey(wrappingKey: Buffer, key: Buffer): Buffer {
  requireLength(wrappingKey, KEY_BYTES);
  requireLength(key, KEY_BYTES);
  const cipher = createCipheriv(CIPHER, wrappingKey, INITIAL_VALUE);
  return Buffer.concat([cipher.update(key), cipher.final()]);
}

/** @throws Error when it is not 40 bytes, was wrapped with another key, or was changed. */
export function unwrapKey(wrappingKey: Buffer, wrapped: Buffer): Buffer {
  requireLength(wrappingKey, KEY_BYTES);
  requireLength(wrapped, WRAPPED_KEY_BYTES);
  const decipher = createDecipheriv(CIPHER, wrappingKey, INITIAL_VALUE);
  const key = Buffer.concat([decipher.update(wrapped), decipher.final()]);
  requireLength(key, KEY_BYTES);
  return key;
}

function requireLength(bytes: Buffer, lengthBytes: number): void {
  if (bytes.length !== lengthBytes) throw new Error(`a key of ${lengthBytes} bytes was expected`);
}
