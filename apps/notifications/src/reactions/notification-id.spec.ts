import { ID_PATTERN, newId } from '@tiepsuc/contracts';
import { notificationIdOf } from './notification-id.js';

describe('the id of a notification', () => {
  it('is a UUID of version 8 that follows from the event alone', () => {
    const id = newId();
    const one = notificationIdOf({ id });
    expect(one).toMatch(ID_PATTERN);
    expect(one).toMatch(/^.{14}8.{4}[89ab]/);
    expect(one).toBe(notificationIdOf({ id }));
    expect(one).not.toBe(id);
  });

  it('differs from event to event and sorts as they do', () => {
    const ids = Array.from({ length: 1_000 }, () => newId());
    const derived = ids.map((id) => notificationIdOf({ id }));
    expect(new Set(derived).size).toBe(ids.length);
    expect([...derived].sort()).toEqual(derived);
  });
});
