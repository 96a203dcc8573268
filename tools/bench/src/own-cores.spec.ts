import { coresIn } from './own-cores.js';

describe('cores of a machine', () => {
  it.each([
    ['0', [0]],
    ['0-1', [0, 1]],
    ['2-4,7', [2, 3, 4, 7]],
  ])('reads %s', (list, cores) => {
    expect(coresIn(list)).toEqual(cores);
  });
});
