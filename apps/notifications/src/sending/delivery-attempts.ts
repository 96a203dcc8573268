import type { DeliveryChannel, NotificationEvent, SuppressionReason } from '@tiepsuc/contracts';
import { isInfrastructure, Overloaded, Unavailable, type Journal, type RowChange } from '@tiepsuc/journal';
import { setTimeout as pause } from 'node:timers/promises';
import type { Notification } from '../domain/notification.js';
import { decideAttempt, decideSuppression, type AttemptOutcome } from '../domain/record-attempt.js';
import { render } from '../domain/templates.js';
import { suppressionReason } from '../domain/suppression-reason.js';
import { notifications } from '../store/notifications.js';
import { contextFrom } from '../store/origin.js';
import type { ClaimedDelivery } from './deliveries.js';
import { failureCode } from './failure-code.js';
import type { HandOver, MessageChannel } from './message-channel.js';
import { VaultUnavailable, type AddressAnswer, type VaultClient } from './vault-client.js';

const ATTEMPT_MAX_MS = 40_000;
const RECORD_TRIES = 4;
const RECORD_PAUSE_MS = 200;

/** How an attempt ended and was recorded; `detail` is a code for the log, `error` a fault of our own. */
export interface Attempted {
  readonly outcome: 'sent' | 'unavailable' | 'refused' | 'no-address' | 'suppressed';
  readonly detail?: string;
  readonly error?: unknown;
}

/**
 * Why nothing was recorded, so that the notification is still due. `vault-away`: the vault did not answer.
 * `interrupted`: what became of the message is unknown. `failed`: the record could not be kept.
 */
export interface NotAttempted {
  readonly open: 'vault-away' | 'interrupted' | 'failed';
  readonly detail?: string;
  readonly error?: unknown;
}

export interface DeliveryAttemptsOptions {
  readonly journal: Journal;
  readonly vault: Pick<VaultClient, 'addressesOf'>;
  readonly channel: MessageChannel;
}

type OnEnd = (claimed: ClaimedDelivery, ended: Attempted | NotAttempted) => void;

/** How one attempt ended, before it is recorded. */
type Ended = (HandOver | { readonly kind: 'no-address' }) & { readonly error?: unknown };

/** What those that were claimed together share: the process's own end, and the end of their time. */
interface Limits {
  readonly stopping: AbortSignal;
  readonly signal: AbortSignal;
  readonly timeIsUp: Promise<HandOver>;
}

/** Attempts to tell citizens something: addresses together; text, gateway and record each by itself. */
export class DeliveryAttempts {
  constructor(private readonly options: DeliveryAttemptsOptions) {}

  /**
   * Resolves when every attempt has ended and `onEnd` was told how. Addresses and texts are gone then.
   * At most as many as the vault answers for at a time.
   */
  async run(claimed: readonly ClaimedDelivery[], stopping: AbortSignal, onEnd: OnEnd): Promise<void> {
    const toSend: ClaimedDelivery[] = [];
    const suppressing: Promise<void>[] = [];
    for (const one of claimed) {
      const reason = suppressionReason(one.state, one.otherNews);
      if (reason === undefined) toSend.push(one);
      else suppressing.push(this.suppress(one, reason).then((ended) => onEnd(one, ended)));
    }
    await Promise.all([...suppressing, this.send(toSend, stopping, onEnd)]);
  }

  private suppress(claimed: ClaimedDelivery, reason: SuppressionReason): Promise<Attempted | NotAttempted> {
    const decide = (state: Notification) => decideSuppression(state, claimed.notificationId, reason);
    return this.recorded(claimed, { outcome: 'suppressed', detail: reason }, { decide });
  }

  private async send(claimed: readonly ClaimedDelivery[], stopping: AbortSignal, onEnd: OnEnd): Promise<void> {
    if (claimed.length === 0) return;
    const time = timeFor(stopping);
    try {
      await this.sendWithin({ stopping, signal: time.signal, timeIsUp: aborted(time.signal) }, claimed, onEnd);
    } finally {
      time.end();
    }
  }

  private async sendWithin(limits: Limits, claimed: readonly ClaimedDelivery[], onEnd: OnEnd): Promise<void> {
    const answers = await this.addresses(claimed, limits);
    if ('open' in answers) {
      for (const one of claimed) onEnd(one, answers);
      return;
    }
    const notEnded = (error: unknown): NotAttempted => ({ open: 'failed', error });
    await Promise.all(
      claimed.map(async (one, n) =>
        onEnd(one, await this.sendOne(one, answers[n] as AddressAnswer, limits).catch(notEnded)),
      ),
    );
  }

  private async addresses(
    claimed: readonly ClaimedDelivery[],
    { stopping, signal }: Limits,
  ): Promise<AddressAnswer[] | NotAttempted> {
    const addressees = claimed.map(({ state: { reporterRef = '', caseId, notifyBy } }) => ({
      personRef: reporterRef,
      caseId,
      channel: notifyBy as DeliveryChannel,
    }));
    try {
      return await this.options.vault.addressesOf(addressees, signal);
    } catch (error) {
      if (stopping.aborted) return { open: 'interrupted' };
      return error instanceof VaultUnavailable
        ? { open: 'vault-away', detail: error.detail }
        : { open: 'failed', error };
    }
  }

  private async sendOne(
    claimed: ClaimedDelivery,
    answer: AddressAnswer,
    limits: Limits,
  ): Promise<Attempted | NotAttempted> {
    const ended = await this.hand(claimed, answer, limits).catch(faultOfOurs);
    if (ended.kind !== 'sent' && limits.stopping.aborted) return { open: 'interrupted' };
    const { notificationId, state } = claimed;
    const number = state.attempts + 1;
    const outcome = outcomeOf(ended);
    return this.recorded(
      claimed,
      { outcome: ended.kind, detail: 'detail' in ended ? ended.detail : undefined, error: ended.error },
      {
        decide: (current, now) => decideAttempt(current, { notificationId, number, outcome }, now),
        rows: ended.kind === 'sent' ? ended.rows : undefined,
      },
    );
  }

  private async hand(
    { notificationId, state, origin }: ClaimedDelivery,
    answer: AddressAnswer,
    { signal, timeIsUp }: Limits,
  ): Promise<Ended> {
    if (answer.kind === 'none') return { kind: 'no-address' };
    if (answer.kind === 'withheld') return { kind: 'unavailable', detail: answer.detail };
    const channel = state.notifyBy as DeliveryChannel;
    const notice = { ...state, trackingCode: state.trackingCode ?? '', exercise: origin.exercise === true };
    const message = { notificationId, channel, address: answer.address, rendered: render(notice, channel) };
    return Promise.race([this.options.channel.send(message, signal), timeIsUp]);
  }

  /**
   * Several processes that tried the same one leave one record, because it is decided on what was recorded before,
   * under a lock: the second finds the attempt remembered.
   */
  private async recorded(
    { notificationId, origin }: ClaimedDelivery,
    attempted: Attempted,
    {
      decide,
      rows,
    }: {
      readonly decide: (state: Notification, now: string) => readonly NotificationEvent[];
      readonly rows?: readonly RowChange[];
    },
  ): Promise<Attempted | NotAttempted> {
    const context = contextFrom(origin, { actor: 'system:notifications' });
    const change = {
      key: notificationId,
      context,
      decide: (state: Notification, { now }: { readonly now: string }) => decide(state, now),
      rows,
    };
    try {
      await patiently(() => this.options.journal.change(notifications, change));
      return attempted;
    } catch (error) {
      return { open: 'failed', error };
    }
  }
}

/** An attempt all the same: were it not counted, a message that nobody can make or take would be tried for ever. */
function faultOfOurs(error: unknown): Ended {
  return { kind: 'unavailable', detail: failureCode(error), error };
}

function outcomeOf(ended: Ended): AttemptOutcome {
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

/**
 * Runs out after 40 seconds, or with the process. Node remembers everything that `AbortSignal.any` makes of a signal
 * for as long as that signal lives, so what lives as long as the process gets one listener, which is taken away again.
 */
function timeFor(stopping: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const runOut = (): void => controller.abort();
  const timer = setTimeout(runOut, ATTEMPT_MAX_MS).unref();
  if (stopping.aborted) runOut();
  else stopping.addEventListener('abort', runOut, { once: true });
  const end = (): void => {
    clearTimeout(timer);
    stopping.removeEventListener('abort', runOut);
  };
  return { signal: controller.signal, end };
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
