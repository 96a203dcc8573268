import type { CaseFacts, Channel } from '@tiepsuc/contracts';
import type { NeedCode } from '@tiepsuc/city';
import type { Location, SubmittedAddress } from './location.js';

/** Who asks, as they say it themselves. */
export interface SubmittedReporter {
  readonly name?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly webhookUrl?: string;
}

/** The person in need, when it is not the reporter. */
export interface SubmittedBeneficiary {
  readonly name?: string;
  readonly phone?: string;
  readonly sameAsReporter?: boolean;
}

/** Facts that the form does not contain: references are created, areas are parsed from the address. */
type Derived = 'reporterRef' | 'beneficiaryRef' | 'caseId' | 'requestId' | 'trackingCode' | keyof Location;

/**
 * A request as it is submitted: its form was checked, its content is not yet understood. What has the name of a
 * fact is one as it stands.
 */
export interface SubmittedRequest extends Readonly<Partial<Omit<CaseFacts, Derived | 'needs'>>> {
  readonly reporter: SubmittedReporter;
  readonly beneficiary?: SubmittedBeneficiary;
  readonly needs: NeedCode[];
  readonly address?: SubmittedAddress;
  readonly description?: string;
  readonly channel?: Channel;
}
