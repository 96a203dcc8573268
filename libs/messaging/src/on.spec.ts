import { LegAccepted, LegOpened, newId, type NotificationEvent, type Received } from '@tiepsuc/contracts';
import { On, reactionsOf } from './on.js';
import { legs, notifications, type Leg, type Notification } from './pair.fixture.js';

class Tell {
  @On(LegOpened, { aggregate: legs, key: 'legId' })
  opened(_: Leg, _received: Received<LegOpened>): [] {
    return [];
  }

  @On(LegAccepted, { aggregate: notifications, key: ({ id, data }) => `${data.caseId}/${id}` })
  accepted(_: Notification, _received: Received<LegAccepted>): NotificationEvent[] {
    return [];
  }
}

describe('the key of a reaction', () => {
  const event = { id: newId(), data: { legId: 'leg', caseId: 'case' } };
  const [opened, accepted] = reactionsOf(new Tell());

  it('is the field that the declaration names', () => {
    expect(opened?.key(event)).toBe('leg');
  });

  it('is what the declared function makes of the event’s id and fields', () => {
    expect(accepted?.key(event)).toBe(`case/${event.id}`);
    expect(accepted?.key(event)).toBe(accepted?.key({ ...event }));
  });
});
