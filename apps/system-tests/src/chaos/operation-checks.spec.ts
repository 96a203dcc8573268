import { event } from './checks.fixture.js';
import type { Operation } from './operation-book.js';
import {
  nothingAcknowledgedIsLost,
  nothingIsPhantom,
  repeatsHaveOneEffect,
  type RememberedCause,
} from './operation-checks.js';

const FILED = 'relief.request.filed.v1';
const ACKNOWLEDGED = 'relief.leg.acknowledged.v1';
const ACCEPTED = 'relief.leg.accepted.v1';

const operation = (key: string, given: Partial<Operation> = {}): Operation => ({
  key,
  kind: 'file',
  outcome: 'ok',
  attempts: 1,
  ...given,
});
const causes = (...all: RememberedCause[]) => new Map(all.map((one) => [one.key, one]));
const filed = { key: 'k', subject: 'r', sequence: 1 };
const good = {
  operations: [operation('k')],
  causes: causes(filed),
  events: [event({ type: FILED, subject: 'r' })],
};
const accepting = {
  operations: [operation('k', { kind: 'accept', subject: 'leg' })],
  causes: causes({ key: 'k', subject: 'leg', sequence: 3 }),
  events: [
    event({ type: ACKNOWLEDGED, subject: 'leg', sequence: 2 }),
    event({ type: ACCEPTED, subject: 'leg', sequence: 3 }),
  ],
};

describe('an acknowledged operation', () => {
  it('is there when the service remembers it and its event is in the log', () => {
    expect(nothingAcknowledgedIsLost(good).ok).toBe(true);
    expect(nothingAcknowledgedIsLost(accepting).ok).toBe(true);
  });

  it('is lost without the memory, without the event, or with another event in its place', () => {
    expect(nothingAcknowledgedIsLost({ ...good, causes: causes() }).figure).toContain('k');
    expect(nothingAcknowledgedIsLost({ ...good, events: [] }).ok).toBe(false);
    const other = [event({ type: ACCEPTED, subject: 'r' })];
    expect(nothingAcknowledgedIsLost({ ...good, events: other }).ok).toBe(false);
  });

  it('must have happened at all, or the run proves nothing', () => {
    expect(nothingAcknowledgedIsLost({ operations: [], causes: causes(), events: [] }).ok).toBe(false);
  });
});

describe('a phantom', () => {
  it('is not what was acknowledged, nor what nobody knows about', () => {
    expect(nothingIsPhantom(good).ok).toBe(true);
    expect(nothingIsPhantom({ ...good, operations: [operation('k', { outcome: 'unknown' })] }).ok).toBe(true);
    expect(nothingIsPhantom(accepting).ok).toBe(true);
  });

  it('is what was refused and happened', () => {
    expect(nothingIsPhantom({ ...good, operations: [operation('k', { outcome: 'fail' })] }).ok).toBe(false);
  });

  it('is what nobody asked for', () => {
    expect(nothingIsPhantom({ ...good, events: [...good.events, event({ type: FILED, subject: 's' })] }).ok).toBe(
      false,
    );
    const dispatched = event({ type: 'relief.case.routed.v1', subject: 'c', data: { decidedBy: 'dispatcher' } });
    expect(nothingIsPhantom({ ...good, events: [...good.events, dispatched] }).ok).toBe(false);
  });
});

describe('an operation that was repeated', () => {
  it('has one effect', () => {
    expect(repeatsHaveOneEffect(good).ok).toBe(true);
  });

  it('is doubled when two requests are filed, remembered or not', () => {
    const twice = [event({ type: FILED, subject: 'r' }), event({ type: FILED, subject: 's' })];
    expect(repeatsHaveOneEffect({ ...good, events: twice }).ok).toBe(false);
    const again = [event({ type: FILED, subject: 'r' }), event({ type: FILED, subject: 'r', id: 'other' })];
    expect(repeatsHaveOneEffect({ ...good, events: again }).ok).toBe(false);
    const sameRequest = causes(filed, { key: 'l', subject: 'r', sequence: 1 });
    const operations = [operation('k'), operation('l')];
    expect(repeatsHaveOneEffect({ ...good, operations, causes: sameRequest }).ok).toBe(false);
  });
});
