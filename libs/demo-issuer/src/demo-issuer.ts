import { exportJWK, generateKeyPair } from 'jose';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

const TOKEN_LIFE_SECONDS = 3_600;
const LOOPBACK = '127.0.0.1';
const SCOPE = 'relief';

/** Who can sign in at the demo issuer: the id and secret of a client-credentials client, and what its tokens say. */
export interface DemoAccount {
  readonly id: string;
  readonly secret: string;
  /** As the services know them: operator, officer and so on. The issuer itself takes any text. */
  readonly roles: readonly string[];
  readonly offices: readonly string[];
}

export interface DemoIssuerOptions {
  readonly accounts: readonly DemoAccount[];
  readonly audience: string;
  /** Any free port unless given. */
  readonly port?: number;
  readonly host?: string;
  /** What the tokens call their issuer; where it listens unless given. */
  readonly issuer?: string;
}

export interface DemoIssuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly tokenUrl: string;
  close(): Promise<void>;
}

/**
 * An OpenID Connect provider for a machine without one: for `npm start` and tests, never for real accounts. Its
 * key is made at the start, so a restart ends every session.
 */
export async function startDemoIssuer(options: DemoIssuerOptions): Promise<DemoIssuer> {
  const { port = 0, host = LOOPBACK } = options;
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const issuer = options.issuer ?? `http://${host}:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, await configuration(options));
  const serve = provider.callback();
  server.on('request', (request, response) => void serve(request, response));
  return { issuer, jwksUrl: `${issuer}/jwks`, tokenUrl: `${issuer}/token`, close: () => closed(server) };
}

/**
 * An access token, as an account gets it with its id and secret.
 * @throws Error when the issuer does not know the account
 */
export async function requestToken(
  { tokenUrl }: Pick<DemoIssuer, 'tokenUrl'>,
  account: string,
  secret: string,
): Promise<string> {
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${account}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  if (!answer.ok) throw new Error(`the issuer gave no token: ${answer.status}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function configuration({ accounts, audience }: DemoIssuerOptions): Promise<object> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const byId = new Map(accounts.map((account) => [account.id, account]));
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: randomUUID() }] },
    scopes: [SCOPE],
    adapter: NothingKept,
    clients: accounts.map(({ id, secret }) => clientOf(id, secret)),
    clientBasedCORS: () => true,
    ttl: { ClientCredentials: TOKEN_LIFE_SECONDS },
    extraTokenClaims: (_context: unknown, { clientId }: { clientId: string }) => ({
      roles: byId.get(clientId)?.roles ?? [],
      offices: byId.get(clientId)?.offices ?? [],
    }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `urn:${audience}`,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: SCOPE,
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: TOKEN_LIFE_SECONDS,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  };
}

/** Its tokens carry everything they say, so nothing needs to be kept. */
class NothingKept {
  async upsert(): Promise<void> {}
  async find(): Promise<undefined> {}
  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
  async consume(): Promise<void> {}
  async destroy(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}

function clientOf(id: string, secret: string): object {
  return {
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: SCOPE,
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
