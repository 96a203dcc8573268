import { Event } from './event-type.js';
import { Code, Count, Id } from './fields.js';
import { fill, topic, type EventOf } from './topic.js';

@Event('relief.test.opened.v1', 'Something was opened.')
class Opened {
  @Id() thingId!: string;
  @Code() office!: string;
  @Code({ optional: true }) note?: string;
}

@Event('relief.test.counted.v1', 'Something was counted.')
class Counted {
  @Id() thingId!: string;
  @Count(0, 10) amount!: number;
}

const declaration = {
  name: 'relief.test.{office}.v1',
  partitions: 1,
  source: '/tiepsuc/test',
  subject: 'thingId',
  meaning: 'For this test only.',
} as const;

const testTopic = topic({ ...declaration, key: 'thingId', events: { Opened, Counted } });
type TestEvent = EventOf<typeof testTopic>;

describe('declaring a topic', () => {
  it('keeps what was declared', () => {
    expect(testTopic).toMatchObject({ name: 'relief.test.{office}.v1', key: 'thingId', events: { Opened, Counted } });
  });

  it('does not compile with a key or a subject that is not a required text of every event', () => {
    // @ts-expect-error no event has this field
    topic({ ...declaration, key: 'thingID', events: { Opened, Counted } });
    // @ts-expect-error only one of the events has this field
    topic({ ...declaration, key: 'office', events: { Opened, Counted } });
    // @ts-expect-error the field is not a text
    topic({ ...declaration, key: 'amount', events: { Counted } });
    // @ts-expect-error the field may be absent
    topic({ ...declaration, key: 'note', events: { Opened } });
    // @ts-expect-error the subject is checked in the same way
    topic({ ...declaration, key: 'thingId', subject: 'office', events: { Opened, Counted } });
    expect(topic({ ...declaration, key: 'office', events: { Opened } }).key).toBe('office');
  });

  it('refuses an event under another name than its own', () => {
    expect(() => topic({ ...declaration, key: 'thingId', events: { Closed: Opened } })).toThrow('Closed');
  });
});

describe('events of a topic', () => {
  const opened: TestEvent = { type: 'Opened', data: { thingId: 'x', office: 'q7' } };

  it('do not compile with a misspelt or a missing field', () => {
    const events: TestEvent[] = [
      opened,
      // @ts-expect-error the field is misspelt
      { type: 'Opened', data: { thingId: 'x', offfice: 'q7' } },
      // @ts-expect-error a required field is missing
      { type: 'Opened', data: { thingId: 'x' } },
      // @ts-expect-error the fields are those of the other event
      { type: 'Counted', data: { thingId: 'x', office: 'q7' } },
      // @ts-expect-error there is no such event
      { type: 'Closed', data: { thingId: 'x' } },
    ];
    // @ts-expect-error what was published is never changed
    const change = () => (opened.data.thingId = 'y');
    expect([events.length, typeof change]).toEqual([5, 'function']);
  });

  it('make a switch that forgets one fail to compile', () => {
    const whole = (event: TestEvent): string => {
      switch (event.type) {
        case 'Opened':
          return event.data.office;
        case 'Counted':
          return String(event.data.amount);
      }
    };
    // @ts-expect-error Counted is forgotten, so that the function may answer nothing
    const forgetful = (event: TestEvent): string => {
      // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- what this test is about
      switch (event.type) {
        case 'Opened':
          return event.data.office;
      }
    };
    expect(whole(opened)).toBe(forgetful(opened));
  });
});

describe('filling a name', () => {
  it('takes the parts from the fields', () => {
    expect(fill('relief.office.{office}.{stream}.v1', { office: 'q7', stream: 'inbox' })).toBe(
      'relief.office.q7.inbox.v1',
    );
    expect(fill('relief.requests.v1', {})).toBe('relief.requests.v1');
  });

  it.each([undefined, '', 'Q7', 'q7.', 'q7.inbox', '../x', 7, 'q 7', 'q7\n'])(
    'refuses %j, which would name another topic',
    (office) => {
      expect(() => fill('relief.office.{office}.inbox.v1', { office })).toThrow('office');
    },
  );
});
