import { existsSync, readFileSync } from 'node:fs';
import { decrypt, encrypt, NONCE_BYTES } from './aes-gcm.js';
import { KEY_BYTES, unwrapKey, wrapKey, WRAPPED_KEY_BYTES } from './aes-key-wrap.js';

interface Vector {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: 'valid' | 'acceptable' | 'invalid';
}
type Bytes = Record<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag', Buffer>;

const FOLDER = new URL('../../../../../shared/vectors/wycheproof/testvectors_v1/', import.meta.url);
const areThere = existsSync(FOLDER);
if (!areThere) console.warn('SKIPPED: the Wycheproof vectors are not beside this repository.');

function vectors(file: string, suits: (bytes: Bytes) => boolean): [number, Vector['result'], Bytes][] {
  if (!areThere) return [[0, 'valid', {} as Bytes]];
  const { testGroups } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as {
    testGroups: { tests: Vector[] }[];
  };
  const all = testGroups.flatMap(({ tests }) => tests);
  const read = all.map((one): [number, Vector['result'], Bytes] => [one.tcId, one.result, bytesOf(one)]);
  return read.filter(([, , bytes]) => suits(bytes));
}

function bytesOf({ key, iv = '', aad = '', msg, ct, tag = '' }: Vector): Bytes {
  const hex = (text: string) => Buffer.from(text, 'hex');
  return { key: hex(key), iv: hex(iv), aad: hex(aad), msg: hex(msg), ct: hex(ct), tag: hex(tag) };
}

(areThere ? describe : describe.skip)('the published vectors of Wycheproof', () => {
  const gcm = vectors('aes_gcm_test.json', ({ key, iv }) => key?.length === KEY_BYTES && iv.length === NONCE_BYTES);

  it('are there for AES-256-GCM with a nonce of 96 bits', () => expect(gcm.length).toBeGreaterThan(50));

  it.each(gcm)('AES-GCM %i is %s', (_id, result, { key, iv: nonce, aad: associated, msg, ct, tag }) => {
    const binding = { key, nonce, associated };
    const sealed = Buffer.concat([ct, tag]);
    if (result === 'invalid') return expect(() => decrypt(binding, sealed)).toThrow();
    expect(encrypt(binding, msg).toString('hex')).toBe(sealed.toString('hex'));
    expect(decrypt(binding, sealed).toString('hex')).toBe(msg.toString('hex'));
  });

  const wrap = vectors('aes_wrap_test.json', ({ key }) => key?.length === KEY_BYTES);
  const ours = wrap.filter(([, , { msg }]) => msg?.length === KEY_BYTES);

  it('are there for AES-256-KW of 256-bit keys', () => expect(ours.length).toBeGreaterThan(5));

  it.each(wrap)('AES-KW %i is %s', (_id, result, { key, msg, ct }) => {
    const isOurs = msg.length === KEY_BYTES && ct.length === WRAPPED_KEY_BYTES;
    if (result === 'invalid' || !isOurs) return expect(() => unwrapKey(key, ct)).toThrow();
    expect(wrapKey(key, msg).toString('hex')).toBe(ct.toString('hex'));
    expect(unwrapKey(key, ct).toString('hex')).toBe(msg.toString('hex'));
  });
});
