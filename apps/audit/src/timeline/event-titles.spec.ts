import { CATALOGUE } from '@tiepsuc/contracts';
import { titleOf } from './event-titles.js';

describe('the titles of events', () => {
  it.each(CATALOGUE.map(({ type }) => type))('there is one for %s in both languages', (type) => {
    const { vi, en } = titleOf(type);
    expect(vi).not.toBe(type);
    expect(en).not.toBe(type);
  });

  it('shows a type of a later version as it is', () => {
    expect(titleOf('relief.case.closed.v9').vi).toBe('relief.case.closed.v9');
  });
});
