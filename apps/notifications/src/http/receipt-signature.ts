import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 300;
const SIGNATURE = /^v1=([0-9a-f]{64})$/;
const TIMESTAMP = /^\d{10}$/;

export interface SignedReceipt {
  /** The bytes as they came: a document that was parsed and written again has another signature. */
  readonly body: Buffer;
  /** Unix seconds, header `Receipt-Timestamp`. */
  readonly timestamp: string | undefined;
  /** `v1=` and hex, header `Receipt-Signature`. */
  readonly signature: string | undefined;
}

/** HMAC-SHA-256 over `<timestamp>.<body>`, in the form of the header `Receipt-Signature`. */
export function receiptSignature(secret: string, timestamp: string, body: Buffer): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

/** Whether the gateway signed this within the last five minutes. Takes as long for a nearly right signature as for any. */
export function isSigned({ body, timestamp, signature }: SignedReceipt, secret: string, now: Date): boolean {
  if (!TIMESTAMP.test(timestamp ?? '') || !SIGNATURE.test(signature ?? '')) return false;
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const expected = receiptSignature(secret, timestamp!, body);
  return timingSafeEqual(Buffer.from(expected), Buffer.from(signature!));
}
