/** A sentence for people: Vietnamese first, English for those who ask for it. */
export interface LocalizedText {
  readonly vi: string;
  readonly en: string;
}

/**
 * What sort of "no" it is: there is no such thing; it has changed since it was read; it cannot be done as things
 * stand; what was asked for is wrong in itself; this account may not; it comes before what it is about; the service
 * cannot for the moment. Asking the same again helps only where `retryAfterSeconds` says when.
 */
export type RefusalKind = 'not-found' | 'stale' | 'conflict' | 'invalid' | 'forbidden' | 'too-early' | 'unavailable';

/** One thing that a service refuses. `{name}` in a text stands for a value that is given when it is refused. */
export interface RefusalDeclaration {
  readonly kind: RefusalKind;
  readonly says: LocalizedText;
  /** What the person can do about it. */
  readonly remedy: LocalizedText;
  /** The field that it is about, in the form `reporter.phone`, where it is always the same. */
  readonly field?: string;
  /** When it is worth asking again. */
  readonly retryAfterSeconds?: number;
}

export interface RefusalDetails {
  readonly field?: string;
  readonly values?: Readonly<Record<string, LocalizedText | string | number>>;
  readonly cause?: unknown;
}

/**
 * A decision's "no". Over HTTP it becomes a problem document; in a reaction it parks the case. It names fields, and
 * never repeats what stands in them.
 */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly says: LocalizedText;
  readonly remedy: LocalizedText;
  readonly field?: string;
  readonly retryAfterSeconds?: number;

  constructor(
    readonly code: string,
    { kind, says, remedy, field, retryAfterSeconds }: RefusalDeclaration,
    details: RefusalDetails = {},
  ) {
    const filled = { vi: filledIn(says, 'vi', details.values), en: filledIn(says, 'en', details.values) };
    super(filled.en, { cause: details.cause });
    this.name = 'Refusal';
    this.kind = kind;
    this.says = filled;
    this.remedy = remedy;
    this.field = details.field ?? field;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Makes the refusals of one table: `throw refuse('case-unknown')`. */
export interface Refuse<Code extends string> {
  (code: Code, details?: RefusalDetails): Refusal;
  readonly declared: Readonly<Record<Code, RefusalDeclaration>>;
}

/** Declares everything that a service refuses. Programs decide by the codes: once released, none is renamed. */
export function refusals<Code extends string>(declared: Readonly<Record<Code, RefusalDeclaration>>): Refuse<Code> {
  const refuse = (code: Code, details?: RefusalDetails) => new Refusal(code, declared[code], details);
  return Object.assign(refuse, { declared });
}

function filledIn(text: LocalizedText, tongue: keyof LocalizedText, values: RefusalDetails['values'] = {}): string {
  return text[tongue].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return typeof value === 'object' ? value[tongue] : String(value);
  });
}
