import { Controller, Injectable, Module, Param, Post, Inject } from '@nestjs/common';
import {
  LegOpened,
  newId,
  notificationsTopic,
  officeCasesTopic,
  topicNamed,
  type LegEvent,
  type NotificationEvent,
  type Received,
} from '@tiepsuc/contracts';
import { aggregate, Journal, type CommandContext } from '@tiepsuc/journal';
import { On } from '@tiepsuc/messaging';
import { eventually } from '@tiepsuc/retry';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { Writable } from 'node:stream';
import { Public, Roles } from './auth/auth-guard.js';
import { CurrentContext, IfMatch } from './command-context.js';
import { requestToken, startDemoIssuer, type DemoIssuer } from '@tiepsuc/demo-issuer';
import { createLogger } from './logger.js';
import { runService, type RunningService } from './run-service.js';
import { ServiceConfig } from './service-config.js';
import { defineService } from './service-definition.js';

const legs = aggregate<{ opened: number }, LegEvent>({
  kind: 'leg',
  topic: officeCasesTopic,
  initial: { opened: 0 },
  evolve: ({ opened }) => ({ opened: opened + 1 }),
});
const notes = aggregate<{ told: number }, NotificationEvent>({
  kind: 'note',
  topic: notificationsTopic,
  initial: { told: 0 },
  evolve: ({ told }) => ({ told: told + 1 }),
});

const contact = { reporterRef: newId(), notifyBy: 'none', language: 'vi', trackingCode: 'ABCD-234-567' } as const;

@Controller('legs')
class LegsController {
  constructor(@Inject(Journal) private readonly journal: Journal) {}

  @Post(':legId')
  @Public()
  async open(@Param('legId') legId: string, @CurrentContext() cause: CommandContext): Promise<object> {
    const event: LegEvent = {
      type: 'LegOpened',
      data: {
        ...contact,
        office: 'q1',
        legId,
        caseId: legId,
        requestId: newId(),
        needs: ['food'],
        urgency: 'normal',
        unitsVersion: '2021-01-01',
        beneficiaryRef: newId(),
        hop: 0,
        occurredAt: '2021-07-22T11:00:00.000Z',
      },
    };
    const { answer } = await this.journal.change(legs, {
      key: legId,
      context: cause,
      decide: () => [event],
      answer: () => ({ made: newId() }),
    });
    return answer;
  }

  @Post(':legId/close')
  @Roles('officer')
  close(@IfMatch() sequence: number): object {
    return { sequence };
  }
}

@Injectable()
class Tell {
  @On(LegOpened, { aggregate: notes, key: 'legId' })
  tell(_: { told: number }, { data }: Received<LegOpened>): NotificationEvent[] {
    const { legId, caseId } = data;
    return [
      { type: 'NotificationQueued', data: { ...contact, notificationId: legId, caseId, template: 'case-routed' } },
    ];
  }
}

@Module({ controllers: [LegsController], providers: [Tell] })
class TinyModule {}

const tiny = defineService({
  name: 'tiny',
  config: ServiceConfig,
  module: TinyModule,
  aggregates: [legs, notes],
  entities: [],
  migrations: [],
  publishes: () => [topicNamed(officeCasesTopic, { office: 'q1' }), topicNamed(notificationsTopic)],
  groups: () => [{ groupId: 'tiepsuc.tiny', topics: [topicNamed(officeCasesTopic, { office: 'q1' })] }],
});

describe('a service', () => {
  let issuer: DemoIssuer;
  let env: Record<string, string>;
  let service: RunningService;
  const lines: string[] = [];
  const logger = createLogger({
    service: 'tiny',
    level: 'debug',
    destination: new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) }),
  });

  beforeAll(async () => {
    const server = await disposablePostgres();
    issuer = await startDemoIssuer({
      audience: 'tiepsuc',
      accounts: [{ id: 'officer-q1', secret: 'demo', roles: ['officer', 'platform'], offices: ['q1'] }],
    });
    env = {
      DATABASE_URL: await server.database(),
      EVENT_LOG: await server.database(),
      HTTP_PORT: '0',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
    };
    service = await runService(tiny, { env, logger });
  });
  afterAll(async () => {
    await service.close();
    await issuer.close();
  });

  const token = () => requestToken(issuer, 'officer-q1', 'demo');

  const post = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });

  it('records a request, publishes it, reacts to it and says so in its metrics', async () => {
    const legId = newId();
    expect((await post(`/legs/${legId}`)).status).toBe(201);
    const journal = service.app.get(Journal);
    await eventually(() => journal.read(notes, legId), 'the reaction has told');
    expect(await journal.read(notes, legId)).toMatchObject({ state: { told: 1 } });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    for (const name of [
      'outbox_oldest_unpublished_age_seconds',
      'reaction_lag_records',
      'parked_keys',
      'journal_commit_batch_size',
    ]) {
      expect(metrics).toContain(name);
    }
  });

  it('gives a repeated request its first answer and refuses its key for another one', async () => {
    const legId = newId();
    const once = { 'idempotency-key': newId() };
    const first = await (await post(`/legs/${legId}`, once)).json();
    expect(await (await post(`/legs/${legId}`, once)).json()).toEqual(first);
    const other = await post(`/legs/${newId()}`, once);
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({
      type: 'urn:tiepsuc:problem:idempotency-key-reused',
      field: 'Idempotency-Key',
      detail: 'Khóa này đã dùng cho một yêu cầu khác.',
      remedy: 'Gửi lại với một khóa mới.',
    });
  });

  it('takes a key that another citizen might hit upon from nobody', async () => {
    const answer = await post(`/legs/${newId()}`, { 'idempotency-key': '1627000000' });
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'idempotency-key-not-valid' }]);
  });

  it('asks for the version that a change was decided on', async () => {
    const authorization = `Bearer ${await token()}`;
    const missing = await post(`/legs/${newId()}/close`, { authorization });
    expect([missing.status, await missing.json()]).toMatchObject([428, { field: 'If-Match' }]);
    expect((await post(`/legs/${newId()}/close`, { authorization, 'if-match': '3' })).status).toBe(400);
    const given = await post(`/legs/${newId()}/close`, { authorization, 'if-match': '"3"' });
    expect(await given.json()).toEqual({ sequence: 3 });
    expect((await post(`/legs/${newId()}/close`)).status).toBe(401);
  });

  it('shows what is parked to the platform team only', async () => {
    expect((await fetch(`${service.url}/operations/parked`)).status).toBe(401);
    const seen = await fetch(`${service.url}/operations/parked`, {
      headers: { authorization: `Bearer ${await token()}` },
    });
    expect(await seen.json()).toEqual({ items: [] });
  });

  it('is ready and alive', async () => {
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    expect(await (await fetch(`${service.url}/readyz`)).json()).toEqual({ status: 'ready' });
  });

  it('says in a sentence each which settings are missing', async () => {
    await expect(runService(tiny, { env: {}, logger })).rejects.toThrow(
      /DATABASE_URL is missing: .*\nEVENT_LOG is missing: /,
    );
  });

  it('stops cleanly and starts again on the same database', async () => {
    const again = await runService(tiny, { env, logger });
    await again.close();
    expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
