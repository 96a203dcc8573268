import type { SuppressionReason } from '@tiepsuc/contracts';
import type { Notification } from './notification.js';

/** What else the citizen was told about the same case. */
export interface NotificationHistory {
  /**
   * The office that they were told last has the case, before this, or are about to be told. Absent when an attempt at
   * telling it failed and is to be repeated: this news overtakes it, and nobody knows what they believe by then.
   */
  readonly officeToldBefore?: string;
  /** Something newer about the case is queued or sent. */
  readonly isOvertaken: boolean;
}

/**
 * Why this is not worth telling any more. A case that stays with its office is no news, and an attempt that comes
 * hours late must not say what newer news has overtaken.
 */
export function suppressionReason(
  { template, office, attempts }: Notification,
  { officeToldBefore, isOvertaken }: NotificationHistory,
): SuppressionReason | undefined {
  if (attempts > 0 && isOvertaken) return 'outdated';
  if (template === 'case-routed' && office !== undefined && office === officeToldBefore) return 'already-told';
  return undefined;
}
