import { Module } from '@nestjs/common';
import { defineService, ServiceConfig } from '@tiepsuc/runtime';
import { serviceUnderTest, type ServiceUnderTest } from './service-under-test.js';

@Module({})
class EmptyModule {}

const empty = defineService({
  name: 'empty',
  config: ServiceConfig,
  module: EmptyModule,
  aggregates: [],
  entities: [],
  migrations: [],
  publishes: () => [],
});

describe('a service under test', () => {
  let service: ServiceUnderTest;
  beforeAll(async () => {
    service = await serviceUnderTest(empty);
  });
  afterAll(() => service.close());

  it('answers, as nobody and as an account of each role', async () => {
    expect(await service.ask('/livez')).toMatchObject({ status: 200 });
    expect((await service.ask('/operations/parked')).status).toBe(401);
    expect((await service.ask('/operations/parked', { as: 'officer-1' })).status).toBe(403);
    expect(await service.ask('/operations/parked', { as: 'platform-1' })).toMatchObject({ body: { items: [] } });
  });

  it('finds a text where it must not be, and a line that would make somebody look', async () => {
    expect(await service.placesOf('Bà Tư')).toEqual([]);
    expect(service.complaints()).toEqual([]);
    service.running.logger.warn({ asker: 'Bà Tư' }, 'somebody asked');
    expect(await service.placesOf('Bà Tư')).toEqual(['a log line']);
    expect(service.complaints()).toHaveLength(1);
    expect(await service.placesOf('nodejs_version_info')).toEqual(['the metrics']);
  });

  it('is the same on its own database after a restart', async () => {
    await service.sql('CREATE TABLE kept (n int)');
    const before = service.running;
    await service.restart();
    expect(service.running).not.toBe(before);
    expect(await service.sql('SELECT n FROM kept')).toEqual([]);
    expect((await service.ask('/readyz')).status).toBe(200);
  });
});
