import type { DeliveryChannel, NotificationEvent, SuppressionReason } from '@tiepsuc/contracts';
import { isInfrastructure, Overloaded, Unavailable, type Journal, type RowChange } from '@tiepsuc/journal';
import { aborted, retryUntilDone } from '@tiepsuc/retry';
import type { Notification } from '../domain/notification.js';
import { decideAttempt, decideSuppression, type AttemptOutcome } from '../domain/record-attempt.js';
import { render } from '../domain/templates.js';
import { suppressionReason, type NotificationHistory } from '../domain/suppression-reason.js';
import { notifications } from '../store/notifications.js';
import { contextFrom } from '../store/origin.js';
import { failureCode } from './failure-code.js';
import type { MessageChannel, SendResult } from './message-channel.js';
import { VaultUnavailable, type AddressAnswer, type VaultClient } from './vault-client.js';

const ATTEMPT_MAX_MS = 40_000;
/** A message that was taken must not be sent again only because the database was busy for a moment. */
const RECORD_RETRY = {
  triesMax: 4,
  backoff: { firstMs: 400, maxMs: 1_600 },
  mayPass: (error: unknown) => error instanceof Overloaded || error instanceof Unavailable || isInfrastructure(error),
};

/** A notification that this process may try to send until its lease runs out. */
export interface Claimed {
  readonly notificationId: string;
  readonly state: Notification;
  readonly history: NotificationHistory;
}

/** How an attempt ended and was recorded; `detail` is a code for the log, `error` a fault of our own. */
export interface AttemptResult {
  readonly outcome: 'sent' | 'unavailable' | 'refused' | 'no-address' | 'suppressed';
  readonly detail?: string;
  readonly error?: unknown;
}

/**
 * Why nothing was recorded, so that the notification is still due. `vault-away`: the vault did not answer.
 * `interrupted`: what became of the message is unknown. `failed`: the record could not be kept.
 */
export interface Unrecorded {
  readonly unrecorded: 'vault-away' | 'interrupted' | 'failed';
  readonly detail?: string;
  readonly error?: unknown;
}

export interface DeliveryAttemptsOptions {
  readonly journal: Journal;
  readonly vault: Pick<VaultClient, 'addressesOf'>;
  readonly channel: MessageChannel;
}

type OnResult = (claimed: Claimed, result: AttemptResult | Unrecorded) => void;

/** How one attempt ended, before it is recorded. */
type Attempt = (SendResult | { readonly kind: 'no-address' }) & { readonly error?: unknown };

/** What those that were claimed together share: the process's own end, and the end of their time. */
interface Limits {
  readonly stopping: AbortSignal;
  readonly signal: AbortSignal;
  readonly timeout: Promise<SendResult>;
}

/** Attempts to tell citizens something: addresses together; text, gateway and record each by itself. */
export class DeliveryAttempts {
  constructor(private readonly options: DeliveryAttemptsOptions) {}

  /**
   * Resolves when every attempt has ended and `onResult` was told how. Addresses and texts are gone then.
   * At most as many as the vault answers for at a time.
   */
  async run(claimed: readonly Claimed[], stopping: AbortSignal, onResult: OnResult): Promise<void> {
    const toSend: Claimed[] = [];
    const suppressing: Promise<void>[] = [];
    for (const one of claimed) {
      const reason = suppressionReason(one.state, one.history);
      if (reason === undefined) toSend.push(one);
      else suppressing.push(this.suppress(one, reason).then((result) => onResult(one, result)));
    }
    await Promise.all([...suppressing, this.send(toSend, stopping, onResult)]);
  }

  private suppress(claimed: Claimed, reason: SuppressionReason): Promise<AttemptResult | Unrecorded> {
    const decide = (state: Notification) => decideSuppression(state, claimed.notificationId, reason);
    return this.recorded(claimed, { outcome: 'suppressed', detail: reason }, { decide });
  }

  private async send(claimed: readonly Claimed[], stopping: AbortSignal, onResult: OnResult): Promise<void> {
    if (claimed.length === 0) return;
    const time = timeFor(stopping);
    try {
      await this.sendWithin({ stopping, signal: time.signal, timeout: timeoutOf(time.signal) }, claimed, onResult);
    } finally {
      time.end();
    }
  }

  private async sendWithin(limits: Limits, claimed: readonly Claimed[], onResult: OnResult): Promise<void> {
    const answers = await this.addresses(claimed, limits);
    if ('unrecorded' in answers) {
      for (const one of claimed) onResult(one, answers);
      return;
    }
    const failed = (error: unknown): Unrecorded => ({ unrecorded: 'failed', error });
    await Promise.all(
      claimed.map(async (one, n) =>
        onResult(one, await this.sendOne(one, answers[n] as AddressAnswer, limits).catch(failed)),
      ),
    );
  }

  private async addresses(
    claimed: readonly Claimed[],
    { stopping, signal }: Limits,
  ): Promise<AddressAnswer[] | Unrecorded> {
    const addressees = claimed.map(({ state: { reporterRef = '', caseId, notifyBy } }) => ({
      personRef: reporterRef,
      caseId,
      channel: notifyBy as DeliveryChannel,
    }));
    try {
      return await this.options.vault.addressesOf(addressees, signal);
    } catch (error) {
      if (stopping.aborted) return { unrecorded: 'interrupted' };
      return error instanceof VaultUnavailable
        ? { unrecorded: 'vault-away', detail: error.detail }
        : { unrecorded: 'failed', error };
    }
  }

  private async sendOne(claimed: Claimed, answer: AddressAnswer, limits: Limits): Promise<AttemptResult | Unrecorded> {
    const attempt = await this.attempt(claimed, answer, limits).catch(faultOfOurs);
    if (attempt.kind !== 'sent' && limits.stopping.aborted) return { unrecorded: 'interrupted' };
    const { notificationId, state } = claimed;
    const number = state.attempts + 1;
    const outcome = outcomeOf(attempt);
    return this.recorded(
      claimed,
      { outcome: attempt.kind, detail: 'detail' in attempt ? attempt.detail : undefined, error: attempt.error },
      {
        decide: (current, now) => decideAttempt(current, { notificationId, number, outcome }, now),
        rows: attempt.kind === 'sent' ? attempt.rows : undefined,
      },
    );
  }

  private async attempt(
    { notificationId, state }: Claimed,
    answer: AddressAnswer,
    { signal, timeout }: Limits,
  ): Promise<Attempt> {
    if (answer.kind === 'none') return { kind: 'no-address' };
    if (answer.kind === 'withheld') return { kind: 'unavailable', detail: answer.detail };
    const channel = state.notifyBy as DeliveryChannel;
    const notice = { ...state, trackingCode: state.trackingCode ?? '', exercise: state.origin?.exercise === true };
    const message = { notificationId, channel, address: answer.address, rendered: render(notice, channel) };
    return Promise.race([this.options.channel.send(message, signal), timeout]);
  }

  /**
   * Several processes that tried the same one leave one record, because it is decided on what was recorded before,
   * under a lock: the second finds the attempt remembered.
   */
  private async recorded(
    { notificationId, state: { origin } }: Claimed,
    result: AttemptResult,
    {
      decide,
      rows,
    }: {
      readonly decide: (state: Notification, now: string) => readonly NotificationEvent[];
      readonly rows?: readonly RowChange[];
    },
  ): Promise<AttemptResult | Unrecorded> {
    const context = contextFrom(origin, { actor: 'system:notifications' });
    const change = {
      key: notificationId,
      context,
      decide: (state: Notification, { now }: { readonly now: string }) => decide(state, now),
      rows,
    };
    try {
      await retryUntilDone(() => this.options.journal.change(notifications, change), RECORD_RETRY);
      return result;
    } catch (error) {
      return { unrecorded: 'failed', error };
    }
  }
}

/** An attempt all the same: were it not counted, a message that nobody can make or take would be tried for ever. */
function faultOfOurs(error: unknown): Attempt {
  return { kind: 'unavailable', detail: failureCode(error), error };
}

function outcomeOf(attempt: Attempt): AttemptOutcome {
  switch (attempt.kind) {
    case 'sent':
      return { kind: 'sent', providerRef: attempt.providerRef };
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

async function timeoutOf(signal: AbortSignal): Promise<SendResult> {
  await aborted(signal);
  return { kind: 'unavailable', detail: 'TIMEOUT' };
}
