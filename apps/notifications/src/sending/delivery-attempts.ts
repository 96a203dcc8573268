import type { DeliveryChannel, NotificationEvent } from '@tiepsuc/contracts';
import { isInfrastructure, Overloaded, Unavailable, type Journal } from '@tiepsuc/journal';
import { setTimeout as pause } from 'node:timers/promises';
import { isWaiting, type Notification } from '../domain/notification.js';
import { decideAttempt, decideSuppression, type AttemptOutcome } from '../domain/record-attempt.js';
import { render } from '../domain/templates.js';
import { whyNotTell } from '../domain/timeliness.js';
import { notifications } from '../store/notifications.js';
import { causeFrom } from '../store/origin.js';
import type { ClaimedDelivery } from './deliveries.js';
import type { HandOver, MessageChannel } from './message-channel.js';
import type { VaultClient } from './vault-client.js';

const ATTEMPT_MAX_MS = 40_000;
const RECORD_TRIES = 4;
const RECORD_PAUSE_MS = 200;

/** How an attempt ended; `detail` is a code for the log. */
export interface Attempted {
  readonly outcome: 'sent' | 'unavailable' | 'refused' | 'no-address' | 'suppressed' | 'settled';
  readonly detail?: string;
}

export interface DeliveryAttemptsOptions {
  readonly journal: Journal;
  readonly vault: Pick<VaultClient, 'addressOf'>;
  readonly channel: MessageChannel;
}

/** The process was told to stop in the middle: what became of the message is unknown, so nothing is recorded. */
export class Interrupted extends Error {
  constructor() {
    super('the attempt was interrupted');
    this.name = 'Interrupted';
  }
}

/** One attempt to tell one citizen: address, text, gateway, record. */
export class DeliveryAttempts {
  constructor(private readonly options: DeliveryAttemptsOptions) {}

  /**
   * Resolves when the outcome is recorded. The address and the text are gone then.
   * @throws VaultUnavailable, Interrupted nothing was recorded and the notification is still due
   */
  async run(claimed: ClaimedDelivery, stopping: AbortSignal): Promise<Attempted> {
    const { notificationId, state, otherNews } = claimed;
    if (!isWaiting(state)) return { outcome: 'settled' };
    const reason = whyNotTell(state, otherNews);
    if (reason !== undefined) {
      await this.record(claimed, 'suppress', (current) => decideSuppression(current, notificationId, reason));
      return { outcome: 'suppressed', detail: reason };
    }
    const attempted = await this.hand(claimed, stopping);
    const number = state.attempts + 1;
    const outcome = outcomeOf(attempted);
    await this.record(claimed, String(number), (current, now) =>
      decideAttempt(current, { notificationId, number, outcome }, now),
    );
    return { outcome: attempted.kind, detail: 'detail' in attempted ? attempted.detail : undefined };
  }

  private async hand(claimed: ClaimedDelivery, stopping: AbortSignal): Promise<HandOver | { kind: 'no-address' }> {
    const { notificationId, state, origin } = claimed;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(ATTEMPT_MAX_MS)]);
    const channel = state.notifyBy as DeliveryChannel;
    const { reporterRef = '', trackingCode = '', caseId } = state;
    try {
      const kept = await this.options.vault.addressOf({ personRef: reporterRef, caseId, channel }, signal);
      if (kept.kind === 'none') return { kind: 'no-address' };
      if (kept.kind === 'refused') return { kind: 'unavailable', detail: kept.detail };
      const { address } = kept;
      const notice = { ...state, trackingCode, exercise: origin.exercise === true };
      const message = { notificationId, channel, address, rendered: render(notice, channel) };
      const ended = await Promise.race([this.options.channel.send(message, signal), aborted(signal)]);
      if (ended.kind !== 'sent' && stopping.aborted) throw new Interrupted();
      return ended;
    } catch (error) {
      throw stopping.aborted ? new Interrupted() : error;
    }
  }

  /** One cause per attempt: two processes that tried the same one leave one record. */
  private async record(
    { notificationId, origin }: ClaimedDelivery,
    step: string,
    decide: (state: Notification, now: string) => readonly NotificationEvent[],
  ): Promise<void> {
    const cause = causeFrom(origin, { id: `delivery:${notificationId}:${step}`, actor: 'system:notifications' });
    await patiently(() =>
      this.options.journal.change(notifications, {
        key: notificationId,
        cause,
        decide: (state, { now }) => decide(state, now),
      }),
    );
  }
}

function outcomeOf(ended: HandOver | { kind: 'no-address' }): AttemptOutcome {
  switch (ended.kind) {
    case 'sent':
      return { kind: 'sent', providerRef: ended.providerRef };
    case 'refused':
      return { kind: 'failed', reason: 'gateway-refused' };
    case 'unavailable':
      return { kind: 'failed', reason: 'gateway-unavailable' };
    case 'no-address':
      return { kind: 'failed', reason: 'no-address' };
  }
}

function aborted(signal: AbortSignal): Promise<HandOver> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ kind: 'unavailable', detail: 'TIMEOUT' });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** A message that was taken must not be sent again only because the database was busy for a moment. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      const isPassing = error instanceof Overloaded || error instanceof Unavailable || isInfrastructure(error);
      if (!isPassing || tried >= RECORD_TRIES) throw error;
      await pause(RECORD_PAUSE_MS * 2 ** tried);
    }
  }
}
