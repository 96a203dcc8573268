import type { DueItem, DueWorkHandler, HandlerRun, Settlement } from '@tiepsuc/due-work';
import { isInfrastructure } from '@tiepsuc/journal';
import type { Logger } from '@tiepsuc/runtime';
import type { Notification } from '../domain/notification.js';
import type { NotificationHistory } from '../domain/suppression-reason.js';
import type { AttemptResult, Claimed, DeliveryAttempts, Unrecorded } from './delivery-attempts.js';
import { ADDRESSES_MAX } from './vault-client.js';

export interface SenderOptions {
  readonly attempts: Pick<DeliveryAttempts, 'run'>;
  /** What else was told of the cases of these notifications. */
  readonly histories: (ids: readonly string[]) => Promise<ReadonlyMap<string, NotificationHistory>>;
  readonly logger: Pick<Logger, 'debug' | 'warn' | 'error'>;
  /** Most messages that are on their way at a time. */
  readonly concurrency: number;
  readonly onAttempt?: (fields: {
    readonly channel: string;
    readonly outcome: AttemptResult['outcome'];
    readonly durationMs: number;
  }) => void;
  readonly close?: () => Promise<void>;
}

/** Sends what is due, and says of each message what became of it. */
export class Sender implements DueWorkHandler<Notification> {
  readonly concurrency: number;
  readonly batchMax = ADDRESSES_MAX;

  constructor(private readonly options: SenderOptions) {
    this.concurrency = options.concurrency;
  }

  async handle(due: readonly DueItem<Notification>[], { signal, settle }: HandlerRun<Notification>): Promise<void> {
    const startedMs = performance.now();
    const claimed = await this.claimed(due);
    if ('error' in claimed) {
      this.options.logger.warn({ err: claimed.error }, 'what was told before could not be read; everything due waits');
      for (const item of due) settle(item, { kind: 'unavailable' });
      return;
    }
    const items = new Map(due.map((item) => [item.key, item]));
    let isVaultAway = false;
    await this.options.attempts.run(claimed, signal, (one, result) => {
      if ('outcome' in result) this.report(one, result, performance.now() - startedMs);
      else if (result.unrecorded === 'vault-away' && !isVaultAway) {
        isVaultAway = true;
        const { notificationId } = one;
        const fields = { notificationId, detail: result.detail };
        this.options.logger.warn(fields, 'the vault gives no addresses; everything due waits');
      }
      settle(items.get(one.notificationId) as DueItem<Notification>, this.settlementOf(one, result));
    });
  }

  async close(): Promise<void> {
    await this.options.close?.();
  }

  private async claimed(due: readonly DueItem<Notification>[]): Promise<Claimed[] | { readonly error: unknown }> {
    const none: NotificationHistory = { isOvertaken: false };
    const asked = due.filter(({ payload }) => payload.template === 'case-routed' || payload.attempts > 0);
    try {
      const histories = await this.options.histories(asked.map(({ key }) => key));
      return due.map(({ key, payload }) => ({
        notificationId: key,
        state: payload,
        history: histories.get(key) ?? none,
      }));
    } catch (error) {
      if (!isInfrastructure(error)) throw error;
      return { error };
    }
  }

  private report({ notificationId, state }: Claimed, result: AttemptResult, durationMs: number): void {
    const { onAttempt, logger } = this.options;
    const { outcome, detail, error } = result;
    const channel = state.notifyBy;
    onAttempt?.({ channel, outcome, durationMs });
    const isFailure = outcome === 'refused' || outcome === 'unavailable';
    const fields = { notificationId, channel, outcome, detail, attempt: state.attempts + 1 };
    if (error !== undefined) logger.error({ ...fields, err: error }, 'a message failed by a fault of ours');
    else logger[isFailure ? 'warn' : 'debug'](fields, 'tried to tell a citizen');
  }

  private settlementOf({ notificationId }: Claimed, result: AttemptResult | Unrecorded): Settlement {
    if ('outcome' in result) return { kind: 'recorded' };
    switch (result.unrecorded) {
      case 'vault-away':
        return { kind: 'unavailable' };
      case 'interrupted':
        return { kind: 'release' };
      case 'failed':
        this.options.logger.error({ err: result.error, notificationId }, 'an attempt ended without a record');
        return { kind: 'keep' };
    }
  }
}
