/** The database could not be reached, or the connection broke; whether the last transaction was committed is unknown. */
export class Unavailable extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Unavailable';
  }
}

/** The queue of changes is full; nothing was done. */
export class Overloaded extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super('too many changes are waiting');
    this.name = 'Overloaded';
  }
}

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
const SHUTDOWN_STATES = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '53300',
  '53400',
  '53100',
  '53200',
  '25P03',
  '25P04',
  '25006',
]);
const CONTENTION_STATES = new Set(['40001', '40P01', '55P03', '23505', '57014']);

/** SQLSTATE of a PostgreSQL error, or the code of a socket error. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** The server, its disk or the network failed: a retry may succeed. Call it with errors of the driver only. */
export function isInfrastructure(error: unknown): boolean {
  if (error instanceof Unavailable) return true;
  const state = sqlState(error);
  // A connection that ends under a query is reported as a plain Error without any code.
  if (state === undefined) return error instanceof Error && error.constructor === Error;
  return CONNECTION_CODES.has(state) || SHUTDOWN_STATES.has(state) || state.startsWith('08') || state.startsWith('58');
}

/** Two transactions collided: one of them must be run again from the start. */
export function isContention(error: unknown): boolean {
  return CONTENTION_STATES.has(sqlState(error) ?? '');
}
