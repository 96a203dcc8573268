import { brokenPromises, wrongSamples } from './samples.js';

const TYPE = 'relief.case.routed.v1';
const sample = (name: string, text = '{}') => ({ path: `libs/contracts/samples/${name}.json`, text });

describe('golden samples', () => {
  it('are right when each event has some, numbered from one', () => {
    expect(wrongSamples([sample(`${TYPE}.1`), sample(`${TYPE}.2`)], [TYPE])).toEqual([]);
  });

  it('are wrong when an event has none', () => {
    expect(wrongSamples([], [TYPE])).toEqual([expect.stringContaining(`${TYPE}.1.json is missing`)]);
  });

  it('are wrong when a number is left out', () => {
    expect(wrongSamples([sample(`${TYPE}.1`), sample(`${TYPE}.3`)], [TYPE])).toEqual([
      expect.stringContaining('1 to 2'),
    ]);
  });

  it('are wrong when their event is gone', () => {
    expect(wrongSamples([sample('relief.case.lost.v1.1')], [])).toEqual([
      expect.stringContaining('no event has this type'),
    ]);
  });

  it('are wrong when they cannot be read', () => {
    expect(wrongSamples([sample(`${TYPE}.1`, '{')], [TYPE])).toEqual([expect.stringContaining('not JSON')]);
  });

  it('stay as they were released', () => {
    const released = [sample(`${TYPE}.1`), sample(`${TYPE}.2`)];
    expect(brokenPromises(released, [...released, sample(`${TYPE}.3`)])).toEqual([]);
    expect(brokenPromises(released, [sample(`${TYPE}.1`, '{"a":1}')])).toEqual([
      expect.stringContaining('edited'),
      expect.stringContaining('removed'),
    ]);
  });
});
