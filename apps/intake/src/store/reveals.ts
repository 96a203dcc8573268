import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@tiepsuc/contracts';
import { Journal, type CommandContext } from '@tiepsuc/journal';
import { LOGGER, type Logger } from '@tiepsuc/runtime';
import { decideAccess, judgeAccess, type Asking, type Judgement } from '../domain/access.js';
import { PERSON_FIELDS, type PersonDetails } from '../domain/person-details.js';
import { refuse } from '../domain/refusals.js';
import { KeptPersons, type KeptPerson } from '../vault/kept-persons.js';
import { Vault } from '../vault/vault.js';
import { accesses } from './access.aggregate.js';

/** Personal details that were shown, and the act of reading that remembers it. */
export interface Revealed {
  readonly personRef: string;
  readonly accessId: string;
  readonly fields: PersonDetails;
}

/** Why one person's details are not shown, where others' are. The last two say that asking again may help. */
export const REVEAL_REFUSALS = [
  'reveal-not-allowed',
  'person-unknown',
  'access-not-recorded',
  'details-not-readable',
] as const;
export type RevealRefusal = (typeof REVEAL_REFUSALS)[number];

export interface NotRevealed {
  readonly personRef: string;
  readonly code: RevealRefusal;
}

type Asked = Omit<Asking, 'accessId'>;
type Outcome =
  | { readonly revealed: Revealed }
  | { readonly code: RevealRefusal; readonly personRef: string; readonly error?: Error };

/** The one way out of the vault: first the event that records the request, then, if that was granted, the details. */
@Injectable()
export class Reveals {
  constructor(
    private readonly journal: Journal,
    private readonly persons: KeptPersons,
    private readonly vault: Vault,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Shows a person's details. Asking again is another act of reading, so an idempotency key means nothing here.
   * @throws Refusal after it was recorded, or because it could not be, and so nothing is shown
   */
  async reveal(asked: Asked, context: CommandContext): Promise<Revealed> {
    const [outcome] = await this.outcomesOf([asked], context);
    if (outcome && 'revealed' in outcome) return outcome.revealed;
    switch (outcome?.code) {
      case 'reveal-not-allowed':
        throw refuse('reveal-not-allowed');
      case 'person-unknown':
        throw refuse('person-unknown');
      case 'access-not-recorded':
        throw refuse('access-not-recorded', { cause: outcome.error });
      case 'details-not-readable':
      case undefined:
        throw outcome?.error ?? new Error('nothing became of a reveal');
    }
  }

  /**
   * Shows the details of many, each judged and recorded by itself: one query finds them, one transaction remembers
   * who asked for what. The answers are in the order of the questions.
   * @throws Refusal when nothing could be looked up or recorded, and so nothing is shown
   */
  async revealMany(asked: readonly Asked[], context: CommandContext): Promise<(Revealed | NotRevealed)[]> {
    const outcomes = await this.outcomesOf(asked, context);
    const failures = outcomes.flatMap((one) => ('error' in one && one.error ? [one] : []));
    const [unread, ...others] = failures.filter(({ code }) => code === 'details-not-readable');
    if (unread) {
      const { personRef, error } = unread;
      // Without the error itself: its text may quote what could not be read.
      this.logger.error({ personRef, name: error?.name, more: others.length }, 'personal details cannot be opened');
    }
    const unrecorded = failures.filter(({ code }) => code === 'access-not-recorded');
    if (unrecorded.length > 0 && unrecorded.length === outcomes.length)
      throw refuse('access-not-recorded', { cause: unrecorded[0]?.error });
    return outcomes.map((one) => ('revealed' in one ? one.revealed : { personRef: one.personRef, code: one.code }));
  }

  private async outcomesOf(asked: readonly Asked[], context: CommandContext): Promise<Outcome[]> {
    const kept = await this.persons.find(asked).catch((error: unknown) => {
      throw refuse('access-not-recorded', { cause: error });
    });
    // Everything that is recorded in one turn of the event loop goes into one transaction.
    return Promise.all(asked.map((one, n) => this.outcomeOf(one, kept[n] as KeptPerson, context)));
  }

  /** What was found is encrypted; it is decrypted only after the event about reading it is durable. */
  private async outcomeOf(asked: Asked, kept: KeptPerson, context: CommandContext): Promise<Outcome> {
    const asking: Asking = { ...asked, accessId: newId() };
    const { personRef, accessId, fields = PERSON_FIELDS } = asking;
    const { wrappedKey, isOfCase } = kept;
    const judgement = judgeAccess(asking, { personIsKept: wrappedKey !== undefined, personIsOfCase: isOfCase });
    try {
      await this.record(asking, judgement, context);
    } catch (error) {
      return { code: 'access-not-recorded', personRef, error: error as Error };
    }
    if (judgement.verdict === 'not-allowed') return { code: 'reveal-not-allowed', personRef };
    if (judgement.verdict === 'nothing-kept') return { code: 'person-unknown', personRef };
    try {
      const details = this.vault.open(kept);
      if (!details) return { code: 'person-unknown', personRef };
      const shown = fields.filter((field) => details[field] !== undefined).map((field) => [field, details[field]]);
      return { revealed: { personRef, accessId, fields: Object.fromEntries(shown) as PersonDetails } };
    } catch (error) {
      return { code: 'details-not-readable', personRef, error: error as Error };
    }
  }

  private async record(asking: Asking, judgement: Judgement, context: CommandContext): Promise<void> {
    await this.journal.change(accesses, {
      key: asking.accessId,
      // Reading a person's details is recorded in a drill, too.
      context: { ...context, idempotencyKey: undefined, fingerprint: undefined, exercise: undefined },
      isNewKey: true,
      decide: (state) => decideAccess(state, asking, judgement),
    });
  }
}
