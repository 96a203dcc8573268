/** A request as it is asked again and again: one that files something has a body. */
export interface SampleRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

/** Whom to ask, as whom, and what. */
export interface Target {
  readonly port: number;
  /** Absent for a server that asks nobody to sign in. */
  readonly token?: string;
  /** Part of the idempotency keys, different for each run. */
  readonly runName: string;
  /** They are sent in turn. */
  readonly requests: readonly SampleRequest[];
}

export const LOOPBACK = '127.0.0.1';

/** The bytes of requests with a key of their own each; the samples come round again. */
export class RequestTexts {
  private count = 0;
  private readonly heads: readonly string[];

  constructor(private readonly target: Target) {
    this.heads = target.requests.map((request) => headOf(request, target));
  }

  /** How many were asked for. */
  get sent(): number {
    return this.count;
  }

  next(): string {
    const n = this.count++;
    const at = n % this.heads.length;
    const body = this.target.requests[at]?.body ?? '';
    return `${this.heads[at]}idempotency-key: ${this.target.runName}-${n}\r\n\r\n${body}`;
  }
}

function headOf({ method, path, body }: SampleRequest, { port, token }: Target): string {
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${LOOPBACK}:${port}`];
  if (token !== undefined) lines.push(`authorization: Bearer ${token}`);
  if (body !== undefined) lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return lines.map((line) => `${line}\r\n`).join('');
}
