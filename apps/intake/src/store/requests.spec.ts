import type { Aggregate, Change, Journal } from '@tiepsuc/journal';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { InterpretedRequest } from '../domain/interpret-request.js';
import { newRequest, type Filing, type RequestState } from '../domain/request.js';
import { VaultKeys } from '../vault/vault-keys.js';
import { Vault } from '../vault/vault.js';
import { Requests } from './requests.js';

const READING: InterpretedRequest = {
  facts: {
    channel: 'web',
    needs: ['food'],
    urgency: 'normal',
    notifyBy: 'sms',
    language: 'vi',
    unitsVersion: '2021-01-01',
    occurredAt: '2021-07-22T11:00:00.000Z',
  },
  reporter: { phone: '+84903123456' },
};
const RECORDED = { time: '2021-07-22T11:00:01.000Z', actor: 'citizen', sequence: 1 };
type Decided = { readonly data: Filing };

/** Decides as often as a journal may that has to try again, and keeps what was decided last. */
function tryingJournal(attempts: number, decided: Decided[]): Journal {
  return {
    change: async (
      aggregate: Aggregate<RequestState, never>,
      { decide, answer, key, rows }: Change<RequestState, never, unknown>,
    ) => {
      let state: RequestState = newRequest;
      for (let attempt = 0; attempt < attempts; attempt++) {
        const events = decide(newRequest, { now: RECORDED.time });
        decided.push(...(events as readonly Decided[]));
        state = events.reduce((before, event) => aggregate.evolve(before, event, RECORDED), newRequest as RequestState);
      }
      expect(rows?.length).toBeGreaterThan(0);
      return { key, answer: answer?.(state, []), repeated: false };
    },
  } as unknown as Journal;
}

describe('taking a request in', () => {
  it('draws another tracking code when the journal has to decide again', async () => {
    const decided: Decided[] = [];
    const vault = new Vault(new VaultKeys(randomBytes(32)));
    const requests = new Requests(tryingJournal(3, decided), vault, {} as DataSource);
    const { receipt } = await requests.file(READING, { context: { actor: 'citizen' } });
    expect(new Set(decided.map(({ data }) => data.trackingCode)).size).toBe(3);
    expect(new Set(decided.map(({ data }) => data.requestId)).size).toBe(1);
    expect(receipt.trackingCode).toBe(decided.at(-1)?.data.trackingCode);
  });
});
