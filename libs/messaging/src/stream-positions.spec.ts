import { newId } from '@tiepsuc/contracts';
import { streamId } from './stream-positions.js';

const GROUP = 'tiepsuc.routing';
const source = '/intake';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('the name of a stream', () => {
  it('begins with the time of a subject that is a UUID, so that streams of one time are neighbours', () => {
    const [first, second] = [newId(), newId()];
    for (const subject of [first, second]) {
      const name = streamId(GROUP, { source, subject });
      expect(name).toMatch(UUID);
      expect(name.slice(0, 13)).toBe(subject.slice(0, 13));
      expect(name).not.toBe(subject);
    }
  });

  it.each(['q1', 'key-0193', '', '0193a5f0-7c00-7000-8000-00000000000G'])(
    'is a UUID for the subject %p, too',
    (subject) => {
      expect(streamId(GROUP, { source, subject })).toMatch(UUID);
    },
  );

  it('is the same for the same stream, and another for another group, source or subject', () => {
    const subject = newId();
    const sibling = `${subject.slice(0, 14)}${newId().slice(14)}`;
    const names = [
      streamId(GROUP, { source, subject }),
      streamId('tiepsuc.audit', { source, subject }),
      streamId(GROUP, { source: '/routing', subject }),
      streamId(GROUP, { source, subject: sibling }),
      streamId(GROUP, { source, subject: 'q1' }),
      streamId(GROUP, { source, subject: 'q2' }),
    ];
    expect(streamId(GROUP, { source, subject })).toBe(names[0]);
    expect(new Set(names).size).toBe(names.length);
  });
});
