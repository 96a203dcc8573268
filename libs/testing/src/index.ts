export { caseFields } from './case-fields.js';
export { EventPublisher, type EnvelopeOptions } from './event-publisher.js';
export { serviceUnderTest, startTestBed, type Ask, type ServiceUnderTest } from './service-under-test.js';
