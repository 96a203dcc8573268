/** What a command comes with, whether a person, another system or an event caused it. */
export interface CommandContext {
  /** The idempotency key, scoped by its issuer. The same key twice has one effect and gets the first answer. */
  readonly idempotencyKey?: string;
  /** Hash of the request: the same key with another fingerprint is a mistake of the caller. */
  readonly fingerprint?: string;
  /** `citizen`, `operator:<account>`, `office:<code>:<account>`, `system:<service>`. Never a name. */
  readonly actor: string;
  /** Correlation id of all that follows from one contact; the key of the first record when absent. */
  readonly correlationId?: string;
  /** The event that this follows from. */
  readonly causationId?: string;
  readonly traceparent?: string;
  /** When it happened, if that was before now. */
  readonly occurredAt?: string;
  /** Part of a drill, which counts in no figure. */
  readonly exercise?: boolean;
}
