import { officeCasesTopic, officeInboxTopic, topicNamed } from '@tiepsuc/contracts';
import { defineService } from '@tiepsuc/runtime';
import { DistrictConfig } from './config.js';
import { DistrictModule } from './district.module.js';
import { LegRow } from './store/leg.row.js';
import { legs } from './store/legs.js';
import { District1700000001000 } from './store/migrations/1700000001000-district.js';

/** Where the officers of one or several offices handle their cases. */
export const district = defineService({
  name: 'district',
  config: DistrictConfig,
  module: DistrictModule,
  apiDocument: new URL('../openapi.json', import.meta.url),
  aggregates: [legs],
  entities: [LegRow],
  migrations: [District1700000001000],
  publishes: ({ offices }) => offices.map((office) => topicNamed(officeCasesTopic, { office })),
  // A group per office: its place in the log stays when an office moves to a process of its own.
  groups: ({ offices }) =>
    offices.map((office) => ({
      groupId: `relief.office.${office}.district`,
      topics: [topicNamed(officeInboxTopic, { office })],
    })),
});
