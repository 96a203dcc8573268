import { check, listed, type Check } from '../verdict.js';
import type { LoggedEvent } from './logged-record.js';
import type { Operation, OperationKind } from './operation-book.js';

/** What a service remembers of an operation it carried out: its idempotency key, and where its stream stood after it. */
export interface RememberedCause {
  readonly key: string;
  readonly subject: string;
  readonly sequence: number;
}

/** What each kind of operation leaves in the log. */
const LEAVES: Readonly<Record<OperationKind, readonly string[]>> = {
  file: ['relief.request.filed.v1'],
  acknowledge: ['relief.leg.acknowledged.v1'],
  accept: ['relief.leg.accepted.v1'],
  return: ['relief.leg.returned.v1'],
  resolve: ['relief.leg.resolved.v1'],
  dispatch: ['relief.case.routed.v1'],
};

/** Events that only an operation of a client can bring about. */
const ASKED_FOR = new Set([
  'relief.request.filed.v1',
  'relief.leg.acknowledged.v1',
  'relief.leg.accepted.v1',
  'relief.leg.returned.v1',
  'relief.leg.resolved.v1',
]);

export interface OperationEvidence {
  readonly operations: readonly Operation[];
  /** By idempotency key. */
  readonly causes: ReadonlyMap<string, RememberedCause>;
  /** Each event once, without those that the test itself injected. */
  readonly events: readonly LoggedEvent[];
}

/** Whatever was acknowledged is remembered, and its event is in the log. */
export function nothingAcknowledgedIsLost({ operations, causes, events }: OperationEvidence): Check {
  const types = new Map(events.map((event) => [`${event.subject} ${event.sequence}`, event.type]));
  const acknowledged = operations.filter(({ outcome }) => outcome === 'ok');
  const lost = acknowledged.filter(({ key, kind }) => {
    const cause = causes.get(key);
    const type = cause && types.get(`${cause.subject} ${cause.sequence}`);
    return type === undefined || !LEAVES[kind].includes(type);
  });
  return check(
    'no acknowledged operation is lost',
    lost.length === 0 && acknowledged.length > 0,
    lost.length === 0 ? `${acknowledged.length} acknowledged` : listed(lost.map(({ key }) => key)),
  );
}

/** What was refused has left nothing, and there is nothing that nobody asked for. */
export function nothingIsPhantom({ operations, causes, events }: OperationEvidence): Check {
  const outcomes = new Map(operations.map(({ key, outcome }) => [key, outcome]));
  const refused = operations.filter(({ outcome }) => outcome === 'fail');
  const remembered = refused.filter(({ key }) => causes.has(key)).map(({ key }) => key);
  const wanted = new Set<string>();
  for (const { key, subject, sequence } of causes.values()) {
    const outcome = outcomes.get(key);
    if (outcome === undefined || outcome === 'fail') continue;
    wanted.add(`${subject} ${sequence}`);
    // Accepting what was not acknowledged does both at once.
    wanted.add(`${subject} ${sequence - 1} relief.leg.acknowledged.v1`);
  }
  const unasked = events
    .filter(({ type, data }) => ASKED_FOR.has(type) || data['decidedBy'] === 'dispatcher')
    .filter(
      ({ subject, sequence, type }) =>
        !wanted.has(`${subject} ${sequence}`) && !wanted.has(`${subject} ${sequence} ${type}`),
    )
    .map(({ type, subject }) => `${type} ${subject}`);
  const wrong = [...remembered, ...unasked];
  return check(
    'nothing refused has an effect, nothing happened unasked',
    wrong.length === 0,
    wrong.length === 0 ? `${refused.length} refused` : listed(wrong),
  );
}

/** An operation whose answer stayed away happened once or not at all. */
export function repeatsHaveOneEffect({ operations, causes, events }: OperationEvidence): Check {
  const filed = new Map<string, number>();
  for (const { type, subject } of events) {
    if (type === 'relief.request.filed.v1') filed.set(subject, (filed.get(subject) ?? 0) + 1);
  }
  const files = new Set(operations.filter(({ kind }) => kind === 'file').map(({ key }) => key));
  const requests = [...causes.values()].filter(({ key }) => files.has(key)).map(({ subject }) => subject);
  const seen = new Set<string>();
  const doubled = requests.filter((subject) => filed.get(subject) !== 1 || seen.size === seen.add(subject).size);
  const repeated = operations.filter(({ attempts }) => attempts > 1).length;
  const isEqual = filed.size === seen.size;
  return check(
    'an operation that was repeated happened once',
    doubled.length === 0 && isEqual,
    doubled.length > 0 ? listed(doubled) : `${filed.size} filed, ${requests.length} remembered, ${repeated} repeated`,
  );
}
