import { createCipheriv, createDecipheriv } from 'node:crypto';

export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** What an encryption is bound to: the key, a nonce that this key never sees twice, and what stands beside it in clear. */
export interface Binding {
  readonly key: Buffer;
  readonly nonce: Buffer;
  readonly associated: Buffer;
}

/** AES-256-GCM: the ciphertext followed by its tag of 16 bytes. */
export function encrypt({ key, nonce, associated }: Binding, plain: Buffer): Buffer {
  requireNonce(nonce);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when anything of it, or of what it was bound to, is not as it was. */
export function decrypt({ key, nonce, associated }: Binding, sealed: Buffer): Buffer {
  requireNonce(nonce);
  if (sealed.length < TAG_BYTES) throw new Error('a ciphertext has at least a tag');
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
}

function requireNonce(nonce: Buffer): void {
  if (nonce.length !== NONCE_BYTES) throw new Error(`a nonce has ${NONCE_BYTES} bytes`);
}
