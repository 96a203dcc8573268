import { OFFICES } from '@tiepsuc/city';
import { officeCasesTopic, officeInboxTopic, requestsTopic, routingTopic, topicNamed } from '@tiepsuc/contracts';
import { defineService } from '@tiepsuc/runtime';
import { RoutingConfig } from './config.js';
import { RoutingModule } from './routing.module.js';
import { cases } from './store/cases.js';
import { Routing1700000001000 } from './store/migrations/1700000001000-routing.js';
import { WaitingCaseRow } from './store/waiting-case.row.js';

/** Decides which office owns each case. */
export const routing = defineService({
  name: 'routing',
  config: RoutingConfig,
  module: RoutingModule,
  apiDocument: new URL('../openapi.json', import.meta.url),
  aggregates: [cases],
  entities: [WaitingCaseRow],
  migrations: [Routing1700000001000],
  publishes: () => [
    topicNamed(routingTopic),
    ...OFFICES.ever.map(({ code: office }) => topicNamed(officeInboxTopic, { office })),
  ],
  groups: () => [
    {
      groupId: 'tiepsuc.routing',
      topics: [
        topicNamed(requestsTopic),
        ...OFFICES.ever.map(({ code: office }) => topicNamed(officeCasesTopic, { office })),
      ],
    },
  ],
});
