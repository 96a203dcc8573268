const FETCH_TIMEOUT_MS = 5_000;
/** A token is replaced when this share of its life has passed. */
const USED_SHARE = 0.8;
const TOKEN_LIFE_DEFAULT_SECONDS = 60;
const LIFE_MAX_SECONDS = 86_400;

export interface ServiceAccount {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The access token with which this service reads from another one (OAuth 2.0 client credentials). */
export class ServiceToken {
  private held: { token: string; untilMs: number } | undefined;
  private fetching: Promise<string> | undefined;

  constructor(private readonly account: ServiceAccount) {}

  /**
   * A token with life left in it; fetched when needed, once for all who wait.
   * @throws Error when the issuer does not give one within 5 seconds; the next call tries again
   */
  async get(): Promise<string> {
    if (this.held && this.held.untilMs > Date.now()) return this.held.token;
    this.fetching ??= this.fetch().finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async fetch(): Promise<string> {
    const { tokenUrl, clientId, clientSecret } = this.account;
    const answer = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: basic(clientId, clientSecret) },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      redirect: 'error',
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`the token endpoint answered with status ${answer.status}`);
    const { access_token: token, expires_in: life } = (await answer.json()) as Record<string, unknown>;
    if (typeof token !== 'string' || token === '') throw new Error('the token endpoint answered without a token');
    const lifeSeconds = Math.min(typeof life === 'number' ? life : TOKEN_LIFE_DEFAULT_SECONDS, LIFE_MAX_SECONDS);
    this.held = { token, untilMs: Date.now() + lifeSeconds * 1_000 * USED_SHARE };
    return token;
  }
}

/** RFC 6749 §2.3.1: both parts are form-encoded first. */
function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((part) => encodeURIComponent(part)).join(':');
  return `Basic ${Buffer.from(encoded).toString('base64')}`;
}
