import { CATALOGUE } from '@tiepsuc/contracts';
import { titleOf } from './event-titles.js';

describe('the titles of events', () => {
  it.each(CATALOGUE.map(({ type }) => type))('there is one for %s in both languages', (type) => {
    const { vi, en } = titleOf({ type, data: {} });
    expect(vi).not.toBe(type);
    expect(en).not.toBe(type);
  });

  it('shows a type of a later version as it is', () => {
    expect(titleOf({ type: 'relief.case.closed.v9', data: {} }).vi).toBe('relief.case.closed.v9');
  });

  it.each([
    ['granted', 'Có người xem thông tin cá nhân', 'Personal details were read'],
    ['refused', 'Có người xin xem thông tin cá nhân và bị từ chối', 'Personal details were asked for and refused'],
    ['postponed', 'Có người xin xem thông tin cá nhân', 'Personal details were asked for'],
  ])('says whether personal details were shown: %s', (decision, vi, en) => {
    expect(titleOf({ type: 'relief.access.decided.v1', data: { decision } })).toEqual({ vi, en });
  });
});
