import { createRemoteJWKSet, jwtVerify, type JWTPayload, type RemoteJWKSet } from 'jose';
import { createHash } from 'node:crypto';
import { Problem } from '../problem.js';
import { ROLES, type Account, type Role } from './account.js';

const ALGORITHMS = ['ES256'];
const TYPE = 'at+jwt';
const CLOCK_TOLERANCE_SECONDS = 5;
const JWKS_TIMEOUT_MS = 3_000;
const RETRY_AFTER_SECONDS = 5;
/** How long a token that was verified is taken as verified: signatures are the dearest part of a request. */
const REMEMBER_MAX_MS = 30_000;
const REMEMBER_MAX_TOKENS = 10_000;
const TOKEN_MAX_CHARS = 8_192;
const CLAIM_MAX_ITEMS = 200;
const CODE = /^(\*|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;
/** No blank and no "@": a subject that is a name or a mail address must not get into events and logs. */
const SUBJECT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NO_KEYS = /^ERR_JWKS_(TIMEOUT|INVALID|MULTIPLE_MATCHING_KEYS)$/;
const BAD_TOKEN = /^ERR_(JWT|JWS|JWKS_NO_MATCHING_KEY|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED)/;

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
}

/** Checks access tokens (RFC 9068: ES256, `at+jwt`) against the issuer's published keys. */
export class AccessTokens {
  private readonly keys: RemoteJWKSet;
  private readonly verified = new Map<string, { account: Account; untilMs: number }>();

  constructor(private readonly rules: TokenRules) {
    this.keys = createRemoteJWKSet(new URL(rules.jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS });
  }

  /**
   * The account behind an `Authorization` header; undefined when there is none.
   * @throws Problem 401 when the token does not hold; 503 when the keys cannot be had: no token is accepted unchecked
   */
  async accountFrom(authorization: string | undefined): Promise<Account | undefined> {
    if (authorization === undefined) return undefined;
    const token = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
    if (!token || token.length > TOKEN_MAX_CHARS) throw invalidToken();
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.verified.get(digest);
    if (known && known.untilMs > Date.now()) return known.account;
    return this.verify(token, digest);
  }

  private async verify(token: string, digest: string): Promise<Account> {
    const payload = await this.payloadOf(token);
    const account = accountIn(payload);
    if (this.verified.size >= REMEMBER_MAX_TOKENS) this.verified.clear();
    this.verified.set(digest, { account, untilMs: Math.min(Date.now() + REMEMBER_MAX_MS, payload.exp! * 1_000) });
    return account;
  }

  private async payloadOf(token: string): Promise<JWTPayload> {
    try {
      const { issuer, audience } = this.rules;
      const { payload } = await jwtVerify(token, this.keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        typ: TYPE,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['sub', 'exp'],
      });
      return payload;
    } catch (error) {
      throw asProblem(error);
    }
  }
}

function asProblem(cause: unknown): Problem {
  const code = String((cause as { code?: unknown }).code);
  if (BAD_TOKEN.test(code) && !NO_KEYS.test(code)) return invalidToken(cause);
  return new Problem({
    status: 503,
    code: 'sign-in-unavailable',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    detail: { vi: 'Chưa kiểm tra được phiên đăng nhập.', en: 'Tokens cannot be checked for the moment.' },
    cause,
  });
}

export function invalidToken(cause?: unknown): Problem {
  return new Problem({
    status: 401,
    code: 'token-not-valid',
    detail: { vi: 'Phiên đăng nhập sai hoặc đã hết hạn.', en: 'The access token is wrong or has expired.' },
    remedy: { vi: 'Hãy đăng nhập lại.', en: 'Sign in again.' },
    challenge: 'Bearer error="invalid_token"',
    cause,
  });
}

function accountIn({ sub, roles, offices }: JWTPayload): Account {
  if (!SUBJECT.test(sub ?? '')) throw invalidToken();
  const known = new Set<string>(ROLES);
  return Object.freeze({
    id: sub!,
    roles: Object.freeze(textsIn(roles).filter((role): role is Role => known.has(role))),
    offices: Object.freeze(textsIn(offices).filter((office) => CODE.test(office))),
  });
}

function textsIn(claim: unknown): string[] {
  if (!Array.isArray(claim)) return [];
  return claim.slice(0, CLAIM_MAX_ITEMS).filter((one): one is string => typeof one === 'string');
}
