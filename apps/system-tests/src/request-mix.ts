import { sampleHousehold, seededRandom, type Random } from '@tiepsuc/city/samples';
import { HOTLINE_OPENED_ON, OFFICES } from '@tiepsuc/city';

/** A request of the test, with what must become of it. */
export interface PlannedRequest {
  /** The idempotency key. */
  readonly id: string;
  readonly via: 'http' | 'csv';
  readonly body: FiledBody;
  /** Offices that may own it by the rules; empty: a dispatcher must decide. */
  readonly expected: readonly string[];
}

export interface FiledBody {
  readonly reporter: { readonly name: string; readonly phone: string };
  readonly needs: readonly string[];
  readonly urgency: 'normal' | 'urgent' | 'emergency';
  readonly address?: { readonly text: string };
  readonly householdSize: number;
  readonly description: string;
  readonly notifyBy: 'sms' | 'none';
}

const NEED_SHARES: readonly (readonly [need: string, share: number])[] = [
  ['food', 0.46],
  ['necessities', 0.16],
  ['medicine', 0.08],
  ['entitlement', 0.12],
  ['lonely-elderly', 0.04],
  ['homeless-child', 0.01],
  ['medical-consultation', 0.08],
  ['emergency', 0.02],
  ['other', 0.03],
];
const CSV_SHARE = 0.2;
const NO_ADDRESS_SHARE = 0.02;
const SILENT_SHARE = 0.1;

/** The same seed gives the same requests. */
export function plannedRequests(count: number, seed: number): PlannedRequest[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, n) => plannedRequest(random, `${seed}-${n}`));
}

function plannedRequest(random: Random, id: string): PlannedRequest {
  const household = sampleHousehold(random);
  const need = pick(random);
  const hasAddress = random() >= NO_ADDRESS_SHARE;
  const body: FiledBody = {
    reporter: { name: household.name, phone: household.phone },
    needs: random() < 0.2 && need !== 'other' && need !== 'emergency' ? [need, 'other'] : [need],
    urgency: random() < 0.1 ? 'urgent' : 'normal',
    ...(hasAddress ? { address: { text: household.address } } : {}),
    householdSize: 1 + Math.floor(random() * 9),
    description: `Nhà ${household.name} ở ${household.address} cần giúp`,
    notifyBy: random() < SILENT_SHARE ? 'none' : 'sms',
  };
  const via = random() < CSV_SHARE ? 'csv' : 'http';
  return { id, via, body, expected: expectedOffices(need, hasAddress ? household.districtCode : undefined) };
}

function pick(random: Random): string {
  let rest = random();
  for (const [need, share] of NEED_SHARES) {
    rest -= share;
    if (rest < 0) return need;
  }
  return 'food';
}

/** What the city's division of work says, written down apart from the rules that are tested. */
function expectedOffices(need: string, districtCode: string | undefined): string[] {
  if (need === 'entitlement') return ['soldtbxh'];
  if (need === 'emergency') return ['soyte'];
  if (need === 'medical-consultation') return ['chuyengia', 'soyte'];
  const office = OFFICES.asOf(HOTLINE_OPENED_ON).offices.find((one) => one.districtCode === districtCode);
  return districtCode !== undefined && office ? [office.code] : [];
}
