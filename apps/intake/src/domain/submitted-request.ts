import type { Channel, Language, NotifyChannel, Urgency } from '@tiepsuc/contracts';
import type { NeedCode } from '@tiepsuc/city';

/** Who asks, as they say it themselves. */
export interface SubmittedReporter {
  readonly name?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly webhookUrl?: string;
}

/** For whom, when that is somebody else. */
export interface SubmittedBeneficiary {
  readonly name?: string;
  readonly phone?: string;
  readonly sameAsReporter?: boolean;
}

/** Where; codes win over what the text says. */
export interface SubmittedAddress {
  readonly text?: string;
  readonly wardCode?: string;
  readonly districtCode?: string;
}

/** A request as somebody asks for it: its form was checked, its content is not yet understood. */
export interface SubmittedRequest {
  readonly reporter: SubmittedReporter;
  readonly beneficiary?: SubmittedBeneficiary;
  readonly needs: readonly NeedCode[];
  readonly urgency?: Urgency;
  readonly address?: SubmittedAddress;
  readonly householdSize?: number;
  readonly description?: string;
  readonly channel?: Channel;
  readonly occurredAt?: string;
  readonly language?: Language;
  readonly notifyBy?: NotifyChannel;
}
