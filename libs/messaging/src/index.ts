export { discoverReactions } from './discover-reactions.js';
export { FencedReader, type BatchHandler, type FencedReaderOptions } from './fenced-reader.js';
export { Messaging1700000000002 } from './migrations/1700000000002-messaging.js';
export { On, OnEveryRecord, type KeyOf, type Reaction, type RecordReaction, type SeenRecord } from './on.js';
export { ParkingDesk, type ParkedKey, type RedriveResult } from './parking.js';
export { parkings, type Parking } from './parkings.js';
export { ReactionHandler, type ReactionHandlerOptions } from './reaction-handler.js';
export { ReactionServer, type Group, type ReactionServerOptions } from './reaction-server.js';
export { Relay, type RelayOptions } from './relay.js';
