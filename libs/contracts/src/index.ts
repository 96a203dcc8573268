export { accessTopic, AccessDecided, REVEAL_PURPOSES, type AccessEvent, type RevealPurpose } from './access.events.js';
export { operationsTopic, KeyParked, KeyRedriven, RecordSkipped, type OperationsEvent } from './operations.events.js';
export { canonicalJson } from './canonical-json.js';
export { CATALOGUE, eventNamed, eventOfType, TOPICS, type CataloguedEvent } from './catalogue.js';
export {
  LegAccepted,
  LegAcknowledged,
  LegOpened,
  LegResolved,
  LegReturned,
  officeCasesTopic,
  OUTCOMES,
  RETURN_REASONS,
  type LegEvent,
  type Outcome,
  type ReturnReason,
} from './district.events.js';
export {
  CONTENT_TYPE,
  decodeEnvelope,
  encodeEnvelope,
  headersOf,
  recordHash,
  SEQUENCE_DIGITS,
  sequenceText,
  Undecodable,
  type Envelope,
} from './envelope.js';
export { declarationOf, Event } from './event-type.js';
export { CODE_PATTERN, ID_PATTERN, INSTANT_PATTERN } from './fields.js';
export { newId } from './identifier.js';
export {
  CHANNELS,
  LANGUAGES,
  NOTIFY_CHANNELS,
  RequestFiled,
  requestsTopic,
  URGENCIES,
  type Channel,
  type CitizenContact,
  type Language,
  type NotifyChannel,
  type RequestEvent,
  type Urgency,
} from './intake.events.js';
export { schemaOf, type ObjectSchema } from './json-schema.js';
export {
  DELIVERY_CHANNELS,
  NotificationFailed,
  NotificationQueued,
  NotificationReported,
  NotificationSent,
  notificationsTopic,
  NotificationSuppressed,
  SUPPRESSION_REASONS,
  TEMPLATES,
  type DeliveryChannel,
  type NotificationEvent,
  type SuppressionReason,
  type Template,
} from './notifications.events.js';
export { murmur2, partitionOf } from './partition.js';
export {
  Refusal,
  refusals,
  type LocalizedText,
  type RefusalDeclaration,
  type RefusalDetails,
  type RefusalKind,
  type Refuse,
} from './refusal.js';
export {
  CaseFacts,
  CaseOffered,
  CaseRouted,
  CaseUnroutable,
  officeInboxTopic,
  routingTopic,
  UNROUTABLE_REASONS,
  type RoutingEvent,
  type UnroutableReason,
} from './routing.events.js';
export { fill, topic, type DecidedEvent, type EventClass, type EventOf, type Received, type Topic } from './topic.js';
export { validateEvent } from './validation.js';
export { topicNamed, type NamedTopic } from './topic-spec.js';
