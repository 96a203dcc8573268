import { relaysAreFenced, staleOwnersAreFenced, type OffsetChange } from './fencing-checks.js';

const change = (claim: number, next_offset: number, writer: string): OffsetChange => ({
  group_id: 'g',
  topic: 't',
  partition: 0,
  claim,
  next_offset,
  writer,
});

describe('the writes of owners', () => {
  const claimed = [change(1, 0, 'a#1'), change(1, 5, 'a#1'), change(2, 5, 'b#1')];

  it('are right when only who claimed last writes', () => {
    expect(staleOwnersAreFenced([...claimed, change(2, 9, 'b#1')])).toMatchObject({
      ok: true,
      figure: '4 writes, 2 claims',
    });
  });

  it('are wrong when an owner writes after it was replaced', () => {
    expect(staleOwnersAreFenced([...claimed, change(2, 9, 'a#1')]).ok).toBe(false);
  });

  it('are wrong when a claim or an offset goes back', () => {
    expect(staleOwnersAreFenced([...claimed, change(1, 9, 'a#1')]).ok).toBe(false);
    expect(staleOwnersAreFenced([...claimed, change(2, 4, 'b#1')]).ok).toBe(false);
  });

  it('prove nothing when nobody claimed anything', () => {
    expect(staleOwnersAreFenced([]).ok).toBe(false);
  });
});

describe('the shards of a relay', () => {
  const taken = [
    { shard: 0, epoch: 1, owner: 'a' },
    { shard: 0, epoch: 2, owner: 'b' },
  ];

  it('get a new epoch with each new owner, also after one gave them back', () => {
    expect(relaysAreFenced(taken)).toMatchObject({ ok: true, figure: '1 take-overs' });
    const givenBack = [...taken, { shard: 0, epoch: 2, owner: null }, { shard: 0, epoch: 3, owner: 'c' }];
    expect(relaysAreFenced(givenBack).ok).toBe(true);
  });

  it('may not have two owners in one epoch, nor an old epoch again', () => {
    expect(relaysAreFenced([...taken, { shard: 0, epoch: 2, owner: 'c' }]).ok).toBe(false);
    const throughNobody = [...taken, { shard: 0, epoch: 2, owner: null }, { shard: 0, epoch: 2, owner: 'c' }];
    expect(relaysAreFenced(throughNobody).ok).toBe(false);
    expect(relaysAreFenced([...taken, { shard: 0, epoch: 1, owner: 'a' }]).ok).toBe(false);
  });
});
