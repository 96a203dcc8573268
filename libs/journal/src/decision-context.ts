/** What a decision may know besides the state. */
export interface DecisionContext {
  /** Now, RFC 3339 UTC with milliseconds: the time that the events will carry. */
  readonly now: string;
}
