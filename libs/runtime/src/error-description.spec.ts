import { describeError, withoutPersonalText } from './error-description.js';

describe('an error in the log', () => {
  it('keeps type, code and places, and loses what a driver quotes', () => {
    const cause = Object.assign(new Error('duplicate key value violates unique constraint "people_phone_key"'), {
      code: '23505',
      table: 'people',
      detail: 'Key (phone)=(0912345678) already exists.',
      parameters: ['0912345678'],
    });
    const described = describeError(new Error('failed for 0912 345 678', { cause }));
    expect(described).toMatchObject({
      type: 'Error',
      message: 'failed for [number]',
      cause: { code: '23505', table: 'people' },
    });
    expect(JSON.stringify(described)).not.toMatch(/0912|345 678|people_phone/);
    expect(described.stack[0]).toMatch(/^at /);
  });

  it('says nothing of what is not an error', () => {
    expect(describeError('0912345678')).toEqual({
      type: 'string',
      message: 'not an error object was thrown',
      stack: [],
    });
  });

  it('follows causes only so far', () => {
    const circular = new Error('round');
    circular.cause = circular;
    expect(JSON.stringify(describeError(circular)).match(/round/g)).toHaveLength(5);
  });
});

describe('a text without what is personal', () => {
  it.each([
    ['call +84 912-345-678 back', 'call [number] back'],
    ['mail a.b@example.test now', 'mail [address] now'],
    ['Unexpected token \'x\', "…name…" is not valid JSON', 'Unexpected token [quoted], [quoted] is not valid JSON'],
    ['waited 1500 ms for 3 of 12', 'waited 1500 ms for 3 of 12'],
  ])('turns %j into %j', (text, expected) => {
    expect(withoutPersonalText(text)).toBe(expected);
  });
});
