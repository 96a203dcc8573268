/** Why something changes: a person's request, a call of another system, or an event. */
export interface CommandContext {
  /** The idempotency key, scoped by its issuer. The same id twice has one effect and gets the first answer. */
  readonly idempotencyKey?: string;
  /** Hash of what was asked: the same id with another fingerprint is a mistake of the caller. */
  readonly fingerprint?: string;
  /** `citizen`, `operator:<account>`, `office:<code>:<account>`, `system:<service>`. Never a name. */
  readonly actor: string;
  /** Ties everything together that follows from one contact; the key of the first record when absent. */
  readonly correlationId?: string;
  /** The event that this follows from. */
  readonly causationId?: string;
  readonly traceparent?: string;
  /** When it happened, if that was before now. */
  readonly occurredAt?: string;
  /** A drill is never a real figure. */
  readonly exercise?: boolean;
}
