import type { Outcome, ReturnReason } from '@tiepsuc/contracts';
import { HOTLINE_OPENED_ON, OFFICES, type NeedCode, type Office } from '@tiepsuc/city';
import { seededRandom, type Random } from '@tiepsuc/city/samples';
import { PUBLISHED } from './arrival-curve.js';
import { pick, type Shares } from './shares.js';

/** What the offices and the dispatcher are going to do about a request, wherever it goes. */
export interface Fate {
  /** The first office gives it back. */
  readonly returned?: { readonly reason: ReturnReason; readonly suggestedOffice?: string };
  /** From 0 to 1: an office that handles 70 % resolves those below 0.7. */
  readonly luck: number;
  readonly resolution: { readonly outcome: Outcome; readonly detailCode?: string };
  /** The dispatcher gets round to it, and then sends it to one of these, best first. */
  readonly dispatchedTo?: readonly string[];
}

const RETURNED_SHARE = 0.035;
const SUGGESTION_SHARE = 0.5;
const DISPATCHED_SHARE = 0.65;
/** Share of the unresolved legs that are accepted and being worked on; the others were only seen. */
const ACCEPTED_OF_REST = 0.6;
/** The best and the worst office differ from the average by as much. */
const SPREAD = 0.12;

const DELIVERIES: Shares<Outcome> = [
  ['delivered', 78],
  ['partially-delivered', 9],
  ['unreachable', 6],
  ['ineligible', 4],
  ['already-served', 3],
];
const VISITS: Shares<Outcome> = [
  ['delivered', 60],
  ['referred', 30],
  ['unreachable', 10],
];
const JUDGEMENTS: Shares<Outcome> = [
  ['referred', 45],
  ['delivered', 25],
  ['ineligible', 20],
  ['withdrawn', 10],
];
const OUTCOME_SHARES: Record<NeedCode, Shares<Outcome>> = {
  food: DELIVERIES,
  necessities: DELIVERIES,
  medicine: DELIVERIES,
  'lonely-elderly': VISITS,
  'homeless-child': VISITS,
  travel: JUDGEMENTS,
  other: JUDGEMENTS,
  'medical-consultation': [
    ['delivered', 65],
    ['referred', 20],
    ['unreachable', 15],
  ],
  emergency: [
    ['emergency-transferred', 95],
    ['unreachable', 5],
  ],
  entitlement: [
    ['entitlement-paid', 62],
    ['ineligible', 28],
    ['referred', 10],
  ],
};
/** What these outcomes must say besides. */
const DETAILS: Partial<Record<Outcome, string>> = { ineligible: 'not-on-the-list', referred: 'ward-social-worker' };

const districtOffices = OFFICES.asOf(HOTLINE_OPENED_ON).offices.filter(({ kind }) => kind === 'district');

export function planFate(need: NeedCode, districtCode: string, random: Random): Fate {
  const own = districtOffices.find((office) => office.districtCode === districtCode)?.code;
  const others = districtOffices.filter(({ code }) => code !== own).map(({ code }) => code);
  const other = others[Math.floor(random() * others.length)]!;
  const isReturned = random() < RETURNED_SHARE;
  const isSuggested = random() < SUGGESTION_SHARE;
  const isDispatched = random() < DISPATCHED_SHARE;
  const luck = random();
  const outcome = pick(OUTCOME_SHARES[need], random);
  const detailCode = DETAILS[outcome];
  return {
    ...(isReturned ? { returned: returnOf(isSuggested ? other : undefined) } : {}),
    luck,
    resolution: { outcome, ...(detailCode === undefined ? {} : { detailCode }) },
    ...(isDispatched ? { dispatchedTo: own === undefined ? [other] : [own, other] } : {}),
  };
}

function returnOf(suggestedOffice: string | undefined): NonNullable<Fate['returned']> {
  return suggestedOffice === undefined ? { reason: 'address-unclear' } : { reason: 'not-our-area', suggestedOffice };
}

/** Which share of its cases each office resolves: the published 70.2 % on average, some better and some worse. */
export function handledShares(offices: readonly Pick<Office, 'code' | 'kind'>[], seed: number): Map<string, number> {
  const random = seededRandom(seed);
  const districts = offices.filter(({ kind }) => kind === 'district').map((office) => ({ office, order: random() }));
  districts.sort((one, other) => one.order - other.order);
  const last = Math.max(1, districts.length - 1);
  const ranked = new Map(districts.map(({ office }, rank) => [office.code, SPREAD * ((2 * rank) / last - 1)]));
  return new Map(offices.map(({ code }) => [code, PUBLISHED.handledShare + (ranked.get(code) ?? 0)]));
}

/** How far an office that resolves such a share gets with the case. */
export function endOf({ luck }: Pick<Fate, 'luck'>, handledShare: number): 'resolved' | 'accepted' | 'acknowledged' {
  if (luck < handledShare) return 'resolved';
  return luck < handledShare + (1 - handledShare) * ACCEPTED_OF_REST ? 'accepted' : 'acknowledged';
}
