import { Injectable } from '@nestjs/common';
import { newId } from '@tiepsuc/contracts';
import { Journal, type Cause } from '@tiepsuc/journal';
import { Problem } from '@tiepsuc/runtime';
import { decideAccess, judgeAccess, type Asking, type Judgement, type Known } from '../domain/access.js';
import { PERSON_FIELDS, type PersonDetails } from '../domain/person-details.js';
import { refusal } from '../domain/refusals.js';
import { Vault } from '../vault/vault.js';
import { accesses } from './access.aggregate.js';
import { Requests } from './requests.js';

const RETRY_AFTER_SECONDS = 5;

/** Personal details that were shown, and the act of reading that remembers it. */
export interface Revealed {
  readonly personRef: string;
  readonly accessId: string;
  readonly fields: PersonDetails;
}

/** The one way out of the vault: first the event that somebody asked, then, if that was granted, the details. */
@Injectable()
export class Reveals {
  constructor(
    private readonly journal: Journal,
    private readonly vault: Vault,
    private readonly requests: Requests,
  ) {}

  /**
   * Shows a person's details. Asking again is another act of reading, so an idempotency key means nothing here.
   * @throws Refusal after it was recorded; Problem 503 when nothing could be recorded, and so nothing is shown
   */
  async reveal(asked: Omit<Asking, 'accessId'>, cause: Cause): Promise<Revealed> {
    const asking: Asking = { ...asked, accessId: newId() };
    const { verdict } = await this.recorded(asking, cause);
    if (verdict === 'not-allowed') throw refusal('reveal-not-allowed');
    if (verdict === 'nothing-kept') throw refusal('no-such-person', 'personRef');
    const { personRef, accessId, fields = PERSON_FIELDS } = asking;
    const opened = await this.vault.open(personRef);
    if (opened.found !== 'details') throw refusal('no-such-person', 'personRef');
    const { details } = opened;
    const shown = fields.filter((field) => details[field] !== undefined).map((field) => [field, details[field]]);
    return { personRef, accessId, fields: Object.fromEntries(shown) as PersonDetails };
  }

  private async recorded(asking: Asking, cause: Cause): Promise<Judgement> {
    try {
      const judgement = judgeAccess(asking, await this.lookUp(asking));
      await this.journal.change(accesses, {
        key: asking.accessId,
        cause: { ...cause, id: undefined, fingerprint: undefined },
        fresh: true,
        decide: (state) => decideAccess(state, asking, judgement),
      });
      return judgement;
    } catch (error) {
      throw notRecorded(error);
    }
  }

  private async lookUp({ personRef, caseId }: Asking): Promise<Known> {
    const [personIsKept, personIsOfCase] = await Promise.all([
      this.vault.keeps(personRef),
      caseId === undefined ? false : this.requests.isOfCase(personRef, caseId),
    ]);
    return { personIsKept, personIsOfCase };
  }
}

function notRecorded(cause: unknown): Problem {
  return new Problem({
    status: 503,
    code: 'access-not-recorded',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    detail: {
      vi: 'Chưa ghi lại được lần xem này nên không hiển thị thông tin.',
      en: 'That you ask could not be recorded, so nothing is shown.',
    },
    cause,
  });
}
