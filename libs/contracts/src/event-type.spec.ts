import { declarationOf, Event } from './event-type.js';

describe('declaring an event', () => {
  it('remembers its type and its meaning', () => {
    @Event('relief.thing.happened.v2', 'A thing happened.')
    class Happened {}
    expect(declarationOf(Happened)).toEqual({ type: 'relief.thing.happened.v2', meaning: 'A thing happened.' });
  });

  it.each([
    'case.routed.v1',
    'relief.case.routed',
    'relief.v1',
    'relief.Case.routed.v1',
    'relief.case.routed.v0',
    'relief.a.v1 ',
  ])('refuses the type %j', (type) => {
    expect(() => Event(type, 'A meaning.')).toThrow('relief.<noun>.<fact>.v<n>');
  });

  it('refuses a class that is no event', () => {
    class Plain {}
    expect(() => declarationOf(Plain)).toThrow('Plain has no @Event declaration');
  });
});
