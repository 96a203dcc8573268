import { AccessTokens } from './access-tokens.js';
import { ServiceToken } from './service-token.js';
import { startDemoIssuer, type DemoIssuer } from '@tiepsuc/demo-issuer';

const AUDIENCE = 'tiepsuc';

describe('the demo issuer', () => {
  let issuer: DemoIssuer;

  beforeAll(async () => {
    issuer = await startDemoIssuer({
      audience: AUDIENCE,
      accounts: [
        { id: 'officer-79-q1', secret: 'demo: officer', roles: ['officer'], offices: ['79-q1'] },
        { id: 'district', secret: 'demo-district', roles: ['service'], offices: [] },
      ],
    });
  });

  afterAll(() => issuer.close());

  const tokens = () => new AccessTokens({ issuer: issuer.issuer, audience: AUDIENCE, jwksUrl: issuer.jwksUrl });
  const sourceOf = (clientId: string, clientSecret: string) =>
    new ServiceToken({ tokenUrl: issuer.tokenUrl, clientId, clientSecret });

  it('gives tokens that services take, with roles and offices', async () => {
    const token = await sourceOf('officer-79-q1', 'demo: officer').get();
    const account = await tokens().accountFrom(`Bearer ${token}`);
    expect(account).toEqual({ id: 'officer-79-q1', roles: ['officer'], offices: ['79-q1'] });
  });

  it('gives one token to all who wait and keeps it while it lives', async () => {
    const source = sourceOf('district', 'demo-district');
    const [first, second] = await Promise.all([source.get(), source.get()]);
    expect(first).toBe(second);
    expect(await source.get()).toBe(first);
  });

  it('gives nothing for a wrong secret', async () => {
    await expect(sourceOf('district', 'wrong').get()).rejects.toThrow('status 401');
  });

  it('issues tokens that another audience refuses', async () => {
    const token = await sourceOf('district', 'demo-district').get();
    const other = new AccessTokens({ issuer: issuer.issuer, audience: 'other', jwksUrl: issuer.jwksUrl });
    await expect(other.accountFrom(`Bearer ${token}`)).rejects.toMatchObject({ status: 401 });
  });
});
