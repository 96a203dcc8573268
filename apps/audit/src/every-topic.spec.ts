import { OFFICES } from '@tiepsuc/city';
import { TOPICS } from '@tiepsuc/contracts';
import { everyTopic } from './every-topic.js';

describe('every topic', () => {
  it('has each declared topic, and those of offices once per office of all times', () => {
    const names = everyTopic().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const ofOffices = TOPICS.filter(({ name }) => name.includes('{office}'));
    expect(names).toHaveLength(TOPICS.length - ofOffices.length + ofOffices.length * OFFICES.ever.length);
    expect(names).toContain('relief.office.soldtbxh.cases.v1');
    expect(names).toContain('relief.office.sonoivu.cases.v1');
  });

  it('keeps to the offices given', () => {
    const names = everyTopic(['q1']).map(({ name }) => name);
    expect(names).toContain('relief.office.q1.inbox.v1');
    expect(names.filter((name) => name.includes('office'))).toHaveLength(2);
    expect(names).toContain('relief.requests.v1');
  });
});
