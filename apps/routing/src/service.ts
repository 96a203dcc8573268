import { officeCasesTopic, officeInboxTopic, requestsTopic, routingTopic, topicNamed } from '@tiepsuc/contracts';
import { defineService } from '@tiepsuc/runtime';
import { RoutingConfig } from './config.js';
import { officesUpTo } from './offices-in-force.js';
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
  publishes: ({ officesAsOf }) => [
    topicNamed(routingTopic),
    ...officesUpTo(officesAsOf).map(({ code }) => topicNamed(officeInboxTopic, { office: code })),
  ],
  groups: ({ officesAsOf }) => [
    {
      groupId: 'tiepsuc.routing',
      topics: [
        topicNamed(requestsTopic),
        ...officesUpTo(officesAsOf).map(({ code }) => topicNamed(officeCasesTopic, { office: code })),
      ],
    },
  ],
});
