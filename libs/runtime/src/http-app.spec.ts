import { Body, Controller, Get, HttpCode, Module, Param, Post, Query, RawBody, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal } from '@tiepsuc/contracts';
import { eventually } from '@tiepsuc/retry';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccessTokens } from './auth/access-tokens.js';
import { actorOf, requireOffice, type Account } from './auth/account.js';
import { CurrentAccount, Public, Roles } from './auth/auth-guard.js';
import { Answers } from './answers.js';
import { Readiness } from './health.js';
import { createHttpApp } from './http-app.js';
import { createLogger } from './logger.js';
import { Metrics } from './metrics.js';
import { RateLimited } from './rate-limit.js';
import { traceOf } from './request-context.js';
import { BodyLimit, KeepRawBody } from './route-settings.js';

const ISSUER = 'http://issuer.test';
const AUDIENCE = 'tiepsuc';
const PHONE = '0912345678';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CORRELATION_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

class Member {
  @IsInt() @Min(0) @Max(120) age!: number;
  @IsOptional() @IsIn(['pregnant', 'disabled']) vulnerability?: string;
}

class Household {
  @IsArray() @ArrayMaxSize(20) @ValidateNested({ each: true }) @Type(() => Member) members!: Member[];
}

class FileRequestBody {
  @Matches(/^0\d{9}$/) phone!: string;
  @IsString() @MaxLength(2_000) need!: string;
  @ValidateNested() @Type(() => Household) household!: Household;
}

class FiledAnswer {
  @IsString() trackingCode!: string;
}

class SearchQuery {
  @IsOptional() @IsInt() @Min(1) @Max(100) limit?: number;
  @IsOptional() @IsString() phone?: string;
}

@Controller('requests')
class RequestsController {
  @Post()
  @Public()
  @RateLimited({ name: 'public-intake', perMinute: 1_000 })
  @Answers({ status: 201, meaning: 'The request is filed', body: FiledAnswer })
  file(@Body() body: FileRequestBody): FiledAnswer {
    return { trackingCode: `members-${body.household.members.length}` };
  }

  @Post('limited')
  @Public()
  @HttpCode(200)
  @RateLimited({ name: 'tight', perMinute: 50 })
  limited(): object {
    return { ok: true };
  }

  @Post('import')
  @Roles('operator')
  @BodyLimit(1_000_000)
  import(@RawBody() raw: Buffer | undefined): object {
    return { raw: raw !== undefined };
  }

  @Post('hook')
  @Public()
  @KeepRawBody()
  hook(@RawBody() raw: Buffer): object {
    return { sizeBytes: raw.length };
  }
}

@Controller('cases')
class CasesController {
  @Get()
  @Roles('officer', 'dispatcher')
  list(@Query() query: SearchQuery, @CurrentAccount() account: Account): object {
    return { limit: query.limit ?? null, actor: actorOf(account, '79-q1') };
  }

  @Get('trace')
  trace(@Req() request: FastifyRequest): object {
    return traceOf(request) ?? {};
  }

  @Get('broken/:id')
  broken(): never {
    throw new Error(`no row for phone ${PHONE} and "Some Name"`);
  }

  @Get('refused')
  refused(): never {
    throw new Refusal('case-closed', {
      kind: 'conflict',
      says: { vi: 'Hồ sơ đã đóng.', en: 'The case is closed.' },
      remedy: { vi: 'Mở hồ sơ mới.', en: 'Open another one.' },
    });
  }

  @Get(':office')
  byOffice(@Param('office') office: string, @CurrentAccount() account: Account): object {
    requireOffice(account, office);
    return { office };
  }
}

@Module({ controllers: [RequestsController, CasesController] })
class TinyModule {}

interface Claims extends JWTPayload {
  roles?: string[];
  offices?: string[];
}

describe('an HTTP application', () => {
  const lines: string[] = [];
  const readiness = new Readiness();
  let app: NestFastifyApplication;
  let address: string;
  let keys: { privateKey: CryptoKey; publicKey: CryptoKey };
  let keyServer: Server;
  let database = true;

  const start = async (jwksUrl: string) => {
    const made = await createHttpApp(TinyModule, {
      logger: createLogger({
        service: 'tiny',
        level: 'trace',
        destination: { write: (line) => void lines.push(line) },
      }),
      metrics: new Metrics('tiny'),
      readiness,
      tokens: new AccessTokens({ issuer: ISSUER, audience: AUDIENCE, jwksUrl }),
      apiDocument: JSON.stringify({ openapi: '3.1.0', info: { title: 'Tiny <service>' } }),
      limitsPerMinute: { tight: 2 },
    });
    await made.listen(0, '127.0.0.1');
    return made;
  };

  beforeAll(async () => {
    keys = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    keyServer = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
    await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
    readiness.add('database', async () => {
      if (!database) throw new Error('gone');
    });
    app = await start(`http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/jwks`);
    address = await app.getUrl();
  });

  afterAll(async () => {
    await app.close();
    keyServer.close();
  });

  const token = (claims: Claims = {}, options: { typ?: string; key?: CryptoKey; expires?: string } = {}) =>
    new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'account-1', roles: ['officer'], offices: ['79-q1'], ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: options.typ ?? 'at+jwt' })
      .setIssuedAt()
      .setExpirationTime(options.expires ?? '5m')
      .sign(options.key ?? keys.privateKey);

  const get = (path: string, bearer?: string, headers: Record<string, string> = {}) =>
    fetch(address + path, { headers: { ...(bearer ? { authorization: `Bearer ${bearer}` } : {}), ...headers } });

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  const filed = { phone: PHONE, need: 'gạo', household: { members: [{ age: 70 }] } };

  describe('who may call', () => {
    it('lets anyone file a request and nobody list cases without a token', async () => {
      expect((await post('/requests', filed)).status).toBe(201);
      const refused = await get('/cases');
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(await refused.json()).toMatchObject({ code: 'not-signed-in', title: 'Cần đăng nhập' });
    });

    it('takes a token that holds and says who acts', async () => {
      const answer = await get('/cases?limit=5', await token());
      expect(await answer.json()).toEqual({ limit: 5, actor: 'office:79-q1:account-1' });
    });

    it('refuses what was signed for others, by others, has expired or is another kind of token', async () => {
      const stranger = await generateKeyPair('ES256');
      const rsa = await generateKeyPair('RS256');
      const wrong = [
        await token({ aud: 'other' }),
        await token({ iss: 'http://other.test' }),
        await token({}, { expires: '-1m' }),
        await token({}, { typ: 'JWT' }),
        await token({}, { key: stranger.privateKey }),
        await token({ sub: 'someone@example.test' }),
        await new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'at+jwt' }).sign(rsa.privateKey),
        'not-a-token',
      ];
      for (const one of wrong) {
        const answer = await get('/cases', one);
        expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'token-not-valid']);
      }
    });

    it('refuses a token that does not hold even where none is needed', async () => {
      expect((await post('/requests', filed, { authorization: 'Bearer nonsense' })).status).toBe(401);
    });

    it('needs one of the roles', async () => {
      const answer = await get('/cases', await token({ roles: ['auditor', 'emperor'] }));
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'role-missing' });
    });

    it('keeps an officer to the own offices', async () => {
      expect((await get('/cases/79-q1', await token())).status).toBe(200);
      expect((await get('/cases/79-q2', await token())).status).toBe(403);
      expect((await get('/cases/79-q2', await token({ offices: ['*'] }))).status).toBe(200);
    });

    it('answers 503 and lets nobody in when the keys cannot be had', async () => {
      const other = await start('http://127.0.0.1:9/jwks');
      try {
        const answer = await fetch(`${await other.getUrl()}/cases`, {
          headers: { authorization: `Bearer ${await token()}` },
        });
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toBe('5');
      } finally {
        await other.close();
      }
    });
  });

  describe('problem documents', () => {
    it('name nested fields, rules and remedies, never values', async () => {
      const answer = await post('/requests', {
        phone: 912345678,
        household: { members: [{ age: 70 }, { age: 200, vulnerability: PHONE, nickname: 'x', [PHONE]: 1 }] },
      });
      expect(answer.status).toBe(422);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      const text = await answer.text();
      expect(text).not.toContain('912345678');
      const { errors, ...rest } = JSON.parse(text) as { errors: { field: string; remedy: string }[] };
      expect(rest).toMatchObject({ type: 'urn:tiepsuc:problem:not-valid', status: 422 });
      expect(errors.map(({ field }) => field).sort()).toEqual([
        'household.members[1].?',
        'household.members[1].age',
        'household.members[1].nickname',
        'household.members[1].vulnerability',
        'need',
        'phone',
      ]);
      expect(errors.every(({ remedy }) => remedy.length > 0)).toBe(true);
    });

    it('speak English to those who prefer it', async () => {
      const answer = await get('/cases', undefined, { 'accept-language': 'en-GB,en;q=0.9,vi;q=0.2' });
      expect(await answer.json()).toMatchObject({ title: 'Sign-in is needed' });
    });

    it('say where JSON is broken and not with what', async () => {
      const answer = await post('/requests', `{"phone": "${PHONE}",\n  oops ${PHONE}}`);
      expect(answer.status).toBe(400);
      const text = await answer.text();
      expect(text).not.toContain(PHONE);
      expect(JSON.parse(text)).toMatchObject({ code: 'body-not-readable', detail: 'JSON sai tại dòng 2, cột 3.' });
    });

    it('refuse a body that is empty, not UTF-8, poisoned or of an unknown type', async () => {
      expect((await post('/requests', '')).status).toBe(400);
      expect((await post('/requests', '{"__proto__": {"phone": 1}}')).status).toBe(400);
      expect((await post('/requests', filed, { 'content-type': 'application/xml' })).status).toBe(415);
      const body = Buffer.from([0x22, 0xff, 0x22]);
      const headers = { 'content-type': 'application/json' };
      expect((await fetch(`${address}/requests`, { method: 'POST', headers, body })).status).toBe(400);
    });

    it('answer 413 beyond 256 kB, except where a route takes more', async () => {
      const large = { ...filed, need: 'x'.repeat(300_000) };
      expect((await post('/requests', large)).status).toBe(413);
      const operator = await token({ roles: ['operator'] });
      const headers = { authorization: `Bearer ${operator}`, 'content-type': 'text/csv' };
      const answer = await post('/requests/import', 'x'.repeat(300_000), headers);
      expect([answer.status, await answer.json()]).toEqual([201, { raw: false }]);
    });

    it('answer 401 to a stranger before anything of a large body has come', async () => {
      const headers = { 'content-type': 'text/csv', 'content-length': 900_000 };
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(`${address}/requests/import`, { method: 'POST', headers }, (answer) => {
          resolve(answer.resume().statusCode);
          request.destroy();
        });
        request.on('error', reject).flushHeaders();
      });
      expect(status).toBe(401);
    });

    it('have no place left behind by those who were answered before their body came', async () => {
      const early = () =>
        new Promise<number | undefined>((resolve, reject) => {
          const headers = { 'content-type': 'text/csv', 'content-length': 900_000 };
          const request = httpRequest(`${address}/requests/import`, { method: 'POST', headers }, (answer) => {
            resolve(answer.resume().statusCode);
            request.destroy();
          });
          request.on('error', reject).flushHeaders();
        });
      for (let n = 0; n < 600; n += 60) await Promise.all(Array.from({ length: 60 }, early));
      const late = await new Promise<number | undefined>((resolve, reject) => {
        const body = JSON.stringify(filed);
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
        const request = httpRequest(`${address}/requests`, { method: 'POST', headers }, (answer) => {
          resolve(answer.resume().statusCode);
        });
        request.on('error', reject).flushHeaders();
        setTimeout(() => request.end(body), 50);
      });
      expect(late).toBe(201);
    });

    it('answer 404 for what there is not, without repeating the address', async () => {
      const answer = await get(`/nothing/${PHONE}`);
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain(PHONE);
    });

    it('answer a malformed address with 400', async () => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        httpRequest(`${address}/cases/%zz`, (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
      expect(status).toBe(400);
    });

    it.each(['/cases/%00', '/cases/a%00b', '/cases?phone=%00', '/cases?x=1%00&limit=5', '/no/such/%00'])(
      'answer %s with 400 and the remedy, because no database takes the character',
      async (path) => {
        const answer = await get(path, await token({ offices: ['*'] }), { 'accept-language': 'en' });
        expect(answer.status).toBe(400);
        expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
        expect(await answer.json()).toMatchObject({
          type: 'urn:tiepsuc:problem:url-not-valid',
          status: 400,
          code: 'url-not-valid',
          remedy: 'Leave %00 out of the address and send it again.',
        });
      },
    );

    it('take a percent sign before two noughts for what it is', async () => {
      const answer = await get('/cases/%2500', await token({ offices: ['*'] }));
      expect([answer.status, await answer.json()]).toEqual([200, { office: '%00' }]);
    });

    it('turn a refusal of the domain into 409 with its code', async () => {
      const answer = await get('/cases/refused', await token());
      expect(answer.status).toBe(409);
      expect(await answer.json()).toMatchObject({
        type: 'urn:tiepsuc:problem:case-closed',
        code: 'case-closed',
        detail: 'Hồ sơ đã đóng.',
        remedy: 'Mở hồ sơ mới.',
      });
    });

    it('give nothing but an id for what nobody foresaw, and log that id and the trace', async () => {
      lines.length = 0;
      const answer = await get('/cases/broken/1', await token(), { 'x-correlation-id': CORRELATION_ID });
      expect(answer.status).toBe(500);
      const text = await answer.text();
      expect(text).not.toContain('no row');
      const { errorId } = JSON.parse(text) as { errorId: string };
      const line = lines.find((one) => one.includes(errorId));
      expect(JSON.parse(line!)).toMatchObject({
        level: 'error',
        msg: 'request failed',
        route: '/cases/broken/:id',
        traceId: answer.headers.get('traceparent')?.slice(3, 35),
        correlationId: CORRELATION_ID,
        err: { type: 'Error', message: 'no row for phone [number] and [quoted]' },
      });
    });
  });

  it('limits public calls per address and lets staff through', async () => {
    const call = (headers: Record<string, string> = {}) => post('/requests/limited', {}, headers);
    expect([(await call()).status, (await call()).status]).toEqual([200, 200]);
    const refused = await call();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests' });
    expect((await call({ authorization: `Bearer ${await token()}` })).status).toBe(200);
  });

  it('hands the bytes of a body to a route that asks for them', async () => {
    expect(await (await post('/requests/hook', '{"a": 1}')).json()).toEqual({ sizeBytes: 8 });
  });

  it('continues the trace of the caller and answers with it', async () => {
    const headers = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`, 'x-correlation-id': CORRELATION_ID };
    const answer = await get('/cases/trace', await token(), headers);
    const seen = (await answer.json()) as { traceparent: string; correlationId: string };
    expect(seen.correlationId).toBe(CORRELATION_ID);
    expect(seen.traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    expect(seen.traceparent).not.toContain('00f067aa0ba902b7');
    expect(answer.headers.get('traceparent')).toBe(seen.traceparent);
    expect(answer.headers.get('x-correlation-id')).toBe(CORRELATION_ID);
  });

  it('replaces ids that could be something else', async () => {
    const answer = await get('/livez', undefined, {
      'x-request-id': PHONE,
      'x-correlation-id': PHONE,
      traceparent: PHONE,
    });
    for (const name of ['x-request-id', 'x-correlation-id', 'traceparent']) {
      expect(answer.headers.get(name)).not.toContain(PHONE);
    }
  });

  it('serves metrics by route, of the service and of the process', async () => {
    await get('/cases/79-q1', await token());
    const text = await (await get('/metrics')).text();
    expect(text).toMatch(
      /http_server_request_duration_seconds_count\{service="tiny",method="GET",route="\/cases\/:office",status="200"\} [1-9]/,
    );
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toContain('/cases/79-q1');
  });

  it('is alive, and ready only while everything it needs is there', async () => {
    expect((await get('/livez')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    database = false;
    await eventually(async () => (await get('/readyz')).status === 503, 'it says that it is not ready');
    const answer = await get('/readyz');
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'not-ready', failing: ['database'] }]);
    database = true;
  });

  it('protects its answers with headers', async () => {
    const { headers } = await post('/requests', filed);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  describe('its API document', () => {
    it('is served as it was made', async () => {
      expect(await (await get('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
    });

    it('has a page to try it that asks no other server', async () => {
      const page = await get('/docs');
      const html = await page.text();
      expect(html).not.toMatch(/https?:\/\//);
      expect(html).toContain('Tiny &lt;service>');
      expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
      for (const [, path] of html.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)) {
        expect((await get(`/${path}`)).status).toBe(200);
      }
    });
  });

  it('writes no phone number into a log, whatever happens', async () => {
    lines.length = 0;
    await post('/requests', filed);
    await post('/requests', { phone: PHONE, [PHONE]: PHONE });
    await post('/requests', `{"phone": ${PHONE}`);
    await get(`/cases?phone=${PHONE}&limit=x`, await token());
    await get(`/cases/${PHONE}`, await token());
    await get(`/cases/broken/${PHONE}?phone=${PHONE}`, await token(), { 'x-request-id': PHONE });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes(PHONE))).toEqual([]);
  });
});
