import { isSigned, receiptSignature } from './receipt-signature.js';

const SECRET = 'a secret of thirty-two characters';
const now = new Date('2021-07-22T11:00:00.000Z');
const body = Buffer.from('{"id":"m-1","status":"delivered"}');
const timestamp = String(now.getTime() / 1_000);
const signature = receiptSignature(SECRET, timestamp, body);

describe('the signature of a receipt', () => {
  it('holds for the very bytes, for five minutes', () => {
    expect(isSigned({ body, timestamp, signature }, SECRET, now)).toBe(true);
    expect(isSigned({ body, timestamp, signature }, SECRET, new Date(now.getTime() + 300_000))).toBe(true);
    expect(isSigned({ body, timestamp, signature }, SECRET, new Date(now.getTime() + 301_000))).toBe(false);
    expect(isSigned({ body, timestamp, signature }, SECRET, new Date(now.getTime() - 301_000))).toBe(false);
    expect(isSigned({ body: Buffer.from(`${body.toString()} `), timestamp, signature }, SECRET, now)).toBe(false);
  });

  it('holds for no other secret, time or form', () => {
    expect(isSigned({ body, timestamp, signature }, `${SECRET}!`, now)).toBe(false);
    expect(isSigned({ body, timestamp: String(Number(timestamp) + 1), signature }, SECRET, now)).toBe(false);
    expect(isSigned({ body, timestamp: undefined, signature }, SECRET, now)).toBe(false);
    expect(isSigned({ body, timestamp, signature: undefined }, SECRET, now)).toBe(false);
    expect(isSigned({ body, timestamp, signature: signature.slice(0, -1) }, SECRET, now)).toBe(false);
    expect(isSigned({ body, timestamp, signature: signature.toUpperCase() }, SECRET, now)).toBe(false);
  });
});
