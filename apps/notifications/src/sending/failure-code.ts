const CODE = /^[A-Z][A-Z0-9_]{1,40}$/;
const CAUSES_MAX = 4;

/**
 * The machine-readable code of a failure, `ECONNREFUSED` or `TIMEOUT`. Nothing else of the error is kept: the
 * messages of HTTP and SMTP clients name hosts and addresses.
 */
export function failureCode(error: unknown): string {
  let one = error as { name?: unknown; code?: unknown; cause?: unknown } | null | undefined;
  for (let depth = 0; depth < CAUSES_MAX && typeof one === 'object' && one !== null; depth++) {
    if (one.name === 'TimeoutError' || one.name === 'AbortError') return 'TIMEOUT';
    if (typeof one.code === 'string' && CODE.test(one.code)) return one.code;
    one = one.cause as typeof one;
  }
  return 'FAILED';
}
