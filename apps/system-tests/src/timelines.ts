import type { Done } from './city-checks.js';
import type { Clients } from './city-clients.js';
import { check, listed, type Check } from './verdict.js';

const SAMPLE = 40;

interface Timeline {
  readonly entries: readonly { readonly eventId: string; readonly type: string }[];
  readonly isWhole: boolean;
}

/** Everything that happened to a case is in its timeline, cause before effect, with nothing amiss. */
export async function timelinesAreComplete(clients: Clients, { ledger, handled }: Done): Promise<Check[]> {
  const routed = [...ledger.acknowledged.values()].filter(({ planned }) => planned.expected.length > 0);
  const step = Math.max(1, Math.floor(routed.length / SAMPLE));
  const chosen = routed.filter((_, n) => n % step === 0);
  const wrong: string[] = [];
  for (const { caseId, planned } of chosen) {
    const { entries, isWhole } = await clients.call<Timeline>('audit', `/cases/${caseId}/timeline`, {
      account: 'auditor',
    });
    const types = entries.map(({ type }) => type);
    const expected = [
      'relief.request.filed.v1',
      'relief.case.routed.v1',
      'relief.case.offered.v1',
      'relief.leg.opened.v1',
    ];
    if (handled.has(caseId)) expected.push('relief.leg.accepted.v1', 'relief.leg.resolved.v1');
    const places = expected.map((type) => types.indexOf(type));
    const isOrdered = places.every((place, n) => place >= 0 && (n === 0 || place > (places[n - 1] as number)));
    // The log may hold a record twice, and the timeline shows each copy: an event counts once.
    const sent = entries.filter(({ type }) => type === 'relief.notification.sent.v1');
    const told = new Set(sent.map(({ eventId }) => eventId)).size;
    const wanted = planned.body.notifyBy === 'none' ? 0 : handled.has(caseId) ? 4 : 2;
    if (!isOrdered || !isWhole || told !== wanted) wrong.push(`${caseId} (${told}/${wanted} told)`);
  }
  return [check(`timelines of ${chosen.length} cases are complete`, wrong.length === 0, listed(wrong))];
}
