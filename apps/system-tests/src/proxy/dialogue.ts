/**
 * What becomes of bytes from the server. `hold`: they belong to an answer that nobody may see yet; `done`: the request
 * that was marked has been done, its answer and what was held are to be dropped; `failed`: it was not done, and what
 * was held goes on.
 */
export type Outcome = 'pass' | 'hold' | 'done' | 'failed';

/** Follows the two sides of one connection and finds its decisive requests. */
export interface Dialogue {
  /** Given what the client sends, before it is passed on; asks of each decisive request whether it is to be marked. */
  asked(bytes: Buffer, isToBeMarked: () => boolean): void;
  /** Given what the server answers. */
  answered(bytes: Buffer): Outcome;
}
