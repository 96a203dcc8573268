import { FirstAnswers, type KeptRequests } from './first-answers.js';

const kept: KeptRequests = {
  stored: ['one', 'two'],
  filed: [
    { requestId: 'one', eventId: 'e1' },
    { requestId: 'two', eventId: 'e2' },
  ],
  mayHoldCopies: false,
};

function answers(...told: (readonly [key: string, id: string])[]): FirstAnswers {
  const taken = new FirstAnswers();
  for (const [key, id] of [['a', 'one'], ['b', 'two'], ...told] as const) taken.take(key, id);
  return taken;
}

describe('what a client was told', () => {
  it('is kept when each first answer is stored and in the log once, however often it was told', () => {
    expect(answers(['a', 'one']).judge(kept)).toEqual({ lost: 0, doubled: 0, copies: 0 });
  });

  it('is lost when the same key is told another id later, though that one is kept', () => {
    const again = { ...kept, stored: ['three', 'two'], filed: [...kept.filed, { requestId: 'three', eventId: 'e3' }] };
    expect(answers(['a', 'three']).judge(again)).toMatchObject({ lost: 1 });
  });

  it('is lost when it is not stored, or not in the log', () => {
    expect(answers().judge({ ...kept, stored: ['one'] })).toMatchObject({ lost: 1 });
    expect(answers().judge({ ...kept, filed: kept.filed.slice(0, 1) })).toMatchObject({ lost: 1 });
  });

  it('is doubled when the log says it in two events, or a row is there that nobody was told about', () => {
    const twice = { ...kept, filed: [...kept.filed, { requestId: 'one', eventId: 'e3' }] };
    expect(answers().judge({ ...twice, mayHoldCopies: true })).toMatchObject({ doubled: 1 });
    expect(answers().judge({ ...kept, stored: [...kept.stored, 'three'] })).toMatchObject({ doubled: 1 });
  });

  it('may be in the log as a copy only where the log knows no event ids', () => {
    const copied = { ...kept, filed: [...kept.filed, ...kept.filed.slice(0, 1)] };
    expect(answers().judge(copied)).toMatchObject({ doubled: 1, copies: 1 });
    expect(answers().judge({ ...copied, mayHoldCopies: true })).toEqual({ lost: 0, doubled: 0, copies: 1 });
  });

  it('leaves out what others filed into the same log', () => {
    const shared = { ...kept, filed: [...kept.filed, { requestId: 'other', eventId: 'e9' }] };
    expect(answers().judge(shared)).toEqual({ lost: 0, doubled: 0, copies: 0 });
  });
});
