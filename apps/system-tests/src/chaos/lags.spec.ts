import { lagsOf } from './lags.js';

const position = (partition: number, next_offset: number) => ({ group_id: 'g', topic: 't', partition, next_offset });
const end = (partition: number, next: bigint) => ({ topic: 't', partition, earliest: 0n, next });

describe('the lags', () => {
  it('are none when every group has read to the end', () => {
    expect(lagsOf([position(0, 5), position(1, 0)], [end(0, 5n), end(1, 0n)])).toEqual([]);
  });

  it('count what a group has not read, also where it never began', () => {
    expect(lagsOf([position(0, 3)], [end(0, 5n)])).toEqual(['g: 2 of t not reacted to']);
    expect(lagsOf([position(0, 5)], [end(0, 5n), end(1, 4n)])).toEqual(['g: 4 of t not reacted to']);
  });

  it('show a group that stands beyond the end', () => {
    expect(lagsOf([position(0, 7)], [end(0, 5n)])).toEqual(['g: -2 of t not reacted to']);
  });
});
