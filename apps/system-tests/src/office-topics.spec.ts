import { audit } from '@tiepsuc/audit';
import { OFFICES } from '@tiepsuc/city';
import { district } from '@tiepsuc/district';
import { notifications } from '@tiepsuc/notifications';
import { routing } from '@tiepsuc/routing';

interface Topic {
  readonly name: string;
}

interface Service {
  readonly publishes: (config: never) => readonly Topic[];
  readonly groups?: (config: never) => readonly { readonly topics: readonly Topic[] }[];
}

const INBOX = /^relief\.office\.[a-z0-9-]+\.inbox\.v1$/;
const CASES = /^relief\.office\.[a-z0-9-]+\.cases\.v1$/;

function published(service: Service, kind: RegExp, config: object = {}): string[] {
  const topics = service.publishes(config as never);
  return topics
    .map(({ name }) => name)
    .filter((name) => kind.test(name))
    .sort();
}

function read(service: Service, kind: RegExp, config: object = {}): string[] {
  const topics = service.groups?.(config as never).flatMap((group) => group.topics) ?? [];
  return topics
    .map(({ name }) => name)
    .filter((name) => kind.test(name))
    .sort();
}

describe('the topics of offices', () => {
  it.each(OFFICES.catalogues.map(({ version }) => version))(
    'of %s: every office finds what routing offers, and all who must know hear what it says',
    (officesAsOf) => {
      const offices = OFFICES.asOf(officesAsOf).offices.map(({ code }) => code);
      const inboxes = read(district, INBOX, { offices });
      const cases = published(district, CASES, { offices });
      expect([inboxes.length, cases.length]).toEqual([offices.length, offices.length]);
      expect(published(routing, INBOX, { officesAsOf })).toEqual(expect.arrayContaining(inboxes));
      for (const service of [routing, notifications, audit])
        expect(read(service, CASES, { officesAsOf })).toEqual(expect.arrayContaining(cases));
    },
  );

  it('are the same for all services, those of offices that have ended too', () => {
    const offices = OFFICES.ever.map(({ code }) => code);
    expect(published(routing, INBOX)).toEqual(read(district, INBOX, { offices }));
    const cases = published(district, CASES, { offices });
    for (const service of [routing, notifications, audit]) expect(read(service, CASES)).toEqual(cases);
  });
});
