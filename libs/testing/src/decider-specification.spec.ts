import { Refusal } from '@tiepsuc/contracts';
import { deciderSpecification } from './decider-specification.js';

interface Counted {
  readonly type: 'Counted';
  readonly data: { readonly by: number };
}

const counted = (by: number): Counted => ({ type: 'Counted', data: { by } });
const given = deciderSpecification<{ sum: number; last?: string }, Counted>({
  initial: { sum: 0 },
  evolve: ({ sum }, { data }, { time, sequence }) => ({ sum: sum + data.by, last: `${sequence} ${time}` }),
});
const double = ({ sum }: { sum: number }) => (sum === 0 ? [] : [counted(sum)]);

describe('a decider specification', () => {
  it('folds a past of events and of decisions, a minute apart', () => {
    expect(given(counted(2), double).state).toEqual({ sum: 4, last: '2 2021-07-22T12:01:00.000Z' });
  });

  it('holds for exactly the events that were decided', () => {
    given(counted(2)).when(double).then(counted(2));
    given().when(double).thenNothing();
    expect(() => given(counted(2)).when(double).then(counted(3))).toThrow();
    expect(() => given(counted(2)).when(double).then(counted(2), counted(2))).toThrow();
    expect(() => given(counted(2)).when(double).then()).toThrow();
    expect(() => given(counted(2)).when(double).thenNothing()).toThrow();
  });

  it('holds for a refusal with its code, not for another and not for none', () => {
    const refuse = () => {
      const text = { vi: 'quá lớn', en: 'too large' };
      throw new Refusal('sum-too-large', { kind: 'conflict', says: text, remedy: text });
    };
    given().when(refuse).thenRefused('sum-too-large');
    expect(() => given().when(refuse).thenRefused('sum-too-small')).toThrow();
    expect(() => given().when(double).thenRefused('sum-too-large')).toThrow();
  });
});
