import type { Channel, Language, NotifyChannel, Urgency } from '@tiepsuc/contracts';
import type { NeedCode } from '@tiepsuc/units';

/** Who asks, as they say it themselves. */
export interface AskedReporter {
  readonly name?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly webhookUrl?: string;
}

/** For whom, when that is somebody else. */
export interface AskedBeneficiary {
  readonly name?: string;
  readonly phone?: string;
  readonly sameAsReporter?: boolean;
}

/** Where; codes win over what the text says. */
export interface AskedAddress {
  readonly text?: string;
  readonly wardCode?: string;
  readonly districtCode?: string;
}

/** A request as somebody asks for it: its form was checked, its content is not yet understood. */
export interface AskedRequest {
  readonly reporter: AskedReporter;
  readonly beneficiary?: AskedBeneficiary;
  readonly needs: readonly NeedCode[];
  readonly urgency?: Urgency;
  readonly address?: AskedAddress;
  readonly householdSize?: number;
  readonly description?: string;
  readonly channel?: Channel;
  readonly occurredAt?: string;
  readonly language?: Language;
  readonly notifyBy?: NotifyChannel;
}
