export { accessTopic, AccessDecided, REVEAL_PURPOSES, type AccessEvent, type RevealPurpose } from './access.events.js';
export { operationsTopic, KeyParked, KeyRedriven, RecordSkipped, type OperationsEvent } from './operations.events.js';
export { canonicalJson } from './canonical-json.js';
export { CATALOGUE, eventNamed, eventOfType, TOPICS, type CataloguedEvent } from './catalogue.js';
export {
  CaseFacts,
  LANGUAGES,
  NOTIFY_CHANNELS,
  OfferedCase,
  URGENCIES,
  type CitizenContact,
  type Language,
  type NotifyChannel,
  type Urgency,
} from './case-facts.js';
export { declaredFields, pickDeclared } from './declared-fields.js';
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
  sequenceText,
  Undecodable,
  type Envelope,
} from './envelope.js';
export { declarationOf } from './event-type.js';
export { CODE_PATTERN, ID_PATTERN, INSTANT_PATTERN } from './fields.js';
export { newId } from './identifier.js';
export { CHANNELS, RequestFiled, requestsTopic, type Channel, type RequestEvent } from './intake.events.js';
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
export { partitionOf } from './partition.js';
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
  CaseOffered,
  CaseRouted,
  CaseUnroutable,
  officeInboxTopic,
  routingTopic,
  UNROUTABLE_REASONS,
  type RoutingEvent,
  type UnroutableReason,
} from './routing.events.js';
export { fill, type DecidedEvent, type EventClass, type Received, type Topic } from './topic.js';
export { validateEvent } from './validation.js';
export { topicNamed, type NamedTopic } from './topic-spec.js';
