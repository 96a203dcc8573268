import { createHmac, hkdfSync } from 'node:crypto';
import { KEY_BYTES, unwrapKey, wrapKey } from './aes-key-wrap.js';

const VERSION_BYTES = 4;

/**
 * The keys that guard the vault. One secret wraps the data key of each person; the others are derived from it
 * with HKDF-SHA256, so that none says anything of another.
 */
export class VaultKeys {
  /** Names the wrapping key, so that a row tells which one opens it. It says nothing of the key. */
  readonly version: string;
  private readonly wrappingKey: Buffer;
  private readonly indexKey: Buffer;
  private readonly fileKey: Buffer;

  constructor(secret: Buffer) {
    if (secret.length !== KEY_BYTES) throw new Error(`the vault's key has ${KEY_BYTES} bytes`);
    this.wrappingKey = secret;
    this.indexKey = derived(secret, 'phone-index/v1', KEY_BYTES);
    this.fileKey = derived(secret, 'import-file/v1', KEY_BYTES);
    this.version = derived(secret, 'key-version/v1', VERSION_BYTES).toString('hex');
  }

  wrap(dataKey: Buffer): Buffer {
    return wrapKey(this.wrappingKey, dataKey);
  }

  /** @throws Error when it was wrapped with another key. */
  unwrap(wrapped: Buffer, version: string): Buffer {
    if (version !== this.version) throw new Error('a person’s key was wrapped with another vault key than this one');
    return unwrapKey(this.wrappingKey, wrapped);
  }

  /** Finds a person by phone without the number standing anywhere. */
  phoneIndex(e164: string): Buffer {
    return createHmac('sha256', this.indexKey).update('phone/v1\0').update(e164).digest();
  }

  /** Names an imported file; keyed, because a plain hash of a short file would give away its content by trying. */
  fileDigest(text: string): string {
    return createHmac('sha256', this.fileKey).update(text).digest('hex');
  }
}

function derived(secret: Buffer, purpose: string, lengthBytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `tiepsuc/vault/${purpose}`, lengthBytes));
}
