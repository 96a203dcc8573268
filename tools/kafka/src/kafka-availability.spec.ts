import { javaMajorVersion } from './kafka-availability.js';

describe('the version of Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_392"', 8],
    ['openjdk version "26-ea" 2026-03-17', 26],
  ])('is read from %s', (answer, version) => {
    expect(javaMajorVersion(answer)).toBe(version);
  });

  it('is unknown when the answer names none', () => {
    expect(javaMajorVersion('no such thing')).toBeUndefined();
  });
});
