import { hash as digest } from 'node:crypto';
import { eachOf, Refused, type Clients } from './city-clients.js';
import type { City } from './test-city.js';

const WIDTH = 12;
const OUTCOMES = [
  'delivered',
  'delivered',
  'delivered',
  'partially-delivered',
  'ineligible',
  'already-served',
] as const;

interface Leg {
  readonly legId: string;
  readonly caseId: string;
  readonly status: string;
  readonly sequence: number;
}

/** The cases that this run handles: about three in ten, the same ones for the same seed and case. */
export function isHandled(caseId: string, seed: number): boolean {
  return parseInt(digest('sha256', `${seed}/${caseId}`, 'hex').slice(0, 8), 16) / 2 ** 32 < 0.3;
}

/** Officers of every office accept and resolve the chosen cases. Returns the cases that were handled. */
export async function handleCases(city: City, clients: Clients, seed: number): Promise<Set<string>> {
  const handled = new Set<string>();
  for (const office of city.offices) {
    const legs = await inboxOf(city, clients, office);
    await eachOf(
      legs.filter(({ caseId }) => isHandled(caseId, seed)),
      WIDTH,
      async (leg) => {
        await handleLeg(city, clients, { office, leg });
        handled.add(leg.caseId);
      },
    );
  }
  return handled;
}

/** All open legs of an office, page by page. */
export async function inboxOf(city: City, clients: Clients, office: string): Promise<Leg[]> {
  const name = city.districtOf(office).options.name;
  const found: Leg[] = [];
  for (let next: string | undefined = ''; next !== undefined;) {
    const cursor: string = next && `&cursor=${encodeURIComponent(next)}`;
    const page: { items: Leg[]; next?: string } = await clients.call(
      name,
      `/offices/${office}/inbox?limit=200${cursor}`,
      {
        account: 'officer',
      },
    );
    found.push(...page.items);
    next = page.next;
  }
  return found;
}

/** Accepts and resolves one leg. A repeat after an unknown outcome is told 412 once the first has had its effect. */
export async function handleLeg(
  city: City,
  clients: Clients,
  { office, leg }: { office: string; leg: Leg },
): Promise<void> {
  const name = city.districtOf(office).options.name;
  const path = `/offices/${office}/legs/${leg.legId}`;
  const outcome = OUTCOMES[parseInt(leg.caseId.slice(-2), 16) % OUTCOMES.length];
  const steps = [
    { action: 'accept', body: {} },
    { action: 'resolve', body: outcome === 'ineligible' ? { outcome, detailCode: 'income-too-high' } : { outcome } },
  ];
  for (const { action, body } of steps) {
    const { sequence } = await clients.call<Leg>(name, path, { account: 'officer' });
    try {
      await clients.call(name, `${path}/${action}`, {
        account: 'officer',
        method: 'POST',
        body,
        headers: { 'if-match': `"${sequence}"`, 'idempotency-key': `${leg.legId}-${action}` },
      });
    } catch (error) {
      if (!(error instanceof Refused && error.status === 412)) throw error;
    }
  }
}
