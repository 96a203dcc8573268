import { Injectable } from '@nestjs/common';
import { newId } from '@tiepsuc/contracts';
import { Journal, type CommandContext } from '@tiepsuc/journal';
import { trackingCode, TRACKING_RANDOM_BYTES } from '@tiepsuc/city';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { InterpretedRequest } from '../domain/interpret-request.js';
import { fileRequest, type RequestState } from '../domain/request.js';
import { Vault } from '../vault/vault.js';
import { requests } from './request.aggregate.js';
import { RequestRow } from './request.row.js';

/** What a citizen is told about a request that was taken in. */
export interface Receipt {
  readonly requestId: string;
  readonly caseId: string;
  readonly trackingCode: string;
  readonly status: 'recorded';
  /** RFC 3339 in UTC with milliseconds. */
  readonly receivedAt: string;
}

/** How a request came to be asked. */
export interface Origin {
  readonly context: CommandContext;
  /** Code of the import that it is a row of. */
  readonly batch?: string;
}

/** Requests as they are taken in and looked up. */
@Injectable()
export class Requests {
  constructor(
    private readonly journal: Journal,
    private readonly vault: Vault,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Takes a request in: details into the vault, references into the event, both in one transaction. The same
   * cause again gets the first receipt and changes nothing, however late it comes.
   * @throws Refusal when the reading says that it comes too late, and its cause is new
   */
  async file(
    { facts, reporter, beneficiary, late }: InterpretedRequest,
    { context, batch }: Origin,
  ): Promise<{ receipt: Receipt; repeated: boolean }> {
    const now = new Date();
    const requestId = newId();
    const caseId = newId();
    const sealed = this.vault.seal(reporter, now);
    const sealedOther = beneficiary && this.vault.seal(beneficiary, now);
    const people = { reporterRef: sealed.personRef, beneficiaryRef: (sealedOther ?? sealed).personRef };
    const filing = { requestId, caseId, ...people, ...facts, batch };
    const { answer, repeated } = await this.journal.change(requests, {
      key: requestId,
      context: { ...context, occurredAt: facts.occurredAt },
      isNewKey: true,
      // Two codes may coincide; the journal then decides again, and that draws another one.
      decide: (state) => fileRequest(state, { ...filing, trackingCode: drawnCode() }, late),
      answer: (state) => receiptOf(state, requestId),
      rows: [...sealed.rows, ...(sealedOther?.rows ?? [])],
    });
    // A repeated answer comes back from the database with its fields in another order; the bytes shall be the same.
    const { requestId: first, caseId: firstCase, trackingCode: code, status, receivedAt } = answer;
    return { receipt: { requestId: first, caseId: firstCase, trackingCode: code, status, receivedAt }, repeated };
  }

  /** The request of that code, written as `checkTrackingCode` answers it. */
  async byTrackingCode(code: string): Promise<RequestRow | undefined> {
    const found = await this.dataSource.getRepository(RequestRow).findOneBy({ trackingCode: code });
    return found ?? undefined;
  }
}

function drawnCode(): string {
  return trackingCode(randomBytes(TRACKING_RANDOM_BYTES));
}

function receiptOf(state: RequestState, requestId: string): Receipt {
  if (state.status === 'new') throw new Error('a filed request has no state');
  const { caseId, trackingCode: code, filedAt } = state;
  return { requestId, caseId, trackingCode: code, status: 'recorded', receivedAt: filedAt };
}
