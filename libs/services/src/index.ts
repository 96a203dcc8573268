import type { ServiceDefinition } from '@tiepsuc/runtime';

/** Of a city on one machine, unless it is told another. */
export const FIRST_PORT = 10_220;

/** A service of the city, as everything that runs, replays or shows all of them knows it. */
export interface ListedService {
  /** One lower-case word: its folder in apps/, its database, its process in docker compose. */
  readonly name: string;
  /** Counted from the first port of the city. 6 and 9 are taken by docker-compose.yml and the demo issuer. */
  readonly port: number;
  /** In Vietnamese, on start screens. */
  readonly title: string;
  /** Pages for people, besides the description of its API. */
  readonly pages?: readonly { readonly title: string; readonly path: string }[];
  /** Brings the whole service along, so it is loaded only by those who run it. */
  load(): Promise<ServiceDefinition>;
}

const LIST = [
  {
    name: 'intake',
    port: 0,
    title: 'Tiếp nhận',
    load: async () => (await import('@tiepsuc/intake')).intake,
  },
  {
    name: 'routing',
    port: 1,
    title: 'Điều phối',
    load: async () => (await import('@tiepsuc/routing')).routing,
  },
  {
    name: 'district',
    port: 2,
    title: 'Đơn vị xử lý',
    load: async () => (await import('@tiepsuc/district')).district,
  },
  {
    name: 'notifications',
    port: 3,
    title: 'Thông báo',
    pages: [{ title: 'Tin đã gửi / messages', path: '/mailbox' }],
    load: async () => (await import('@tiepsuc/notifications')).notifications,
  },
  {
    name: 'audit',
    port: 4,
    title: 'Kiểm toán',
    load: async () => (await import('@tiepsuc/audit')).audit,
  },
] as const satisfies readonly ListedService[];

export type ServiceName = (typeof LIST)[number]['name'];

/** Every service, in the order in which a city starts them. */
export const SERVICES: readonly (ListedService & { readonly name: ServiceName })[] = LIST;
