import { isPublicAddress, lookupPublic } from './public-address.js';

describe('the public internet', () => {
  it.each(['8.8.8.8', '113.161.1.1', '2001:4860:4860::8888'])('has %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fd00::1',
    'fe80::1',
    'not-an-address',
  ])('has no %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('is all that a lookup finds', async () => {
    const found = await new Promise((resolve) => lookupPublic('localhost', { all: true }, (error) => resolve(error)));
    expect(found).toMatchObject({ code: 'NOT_PUBLIC' });
  });
});
