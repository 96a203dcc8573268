import type { DiscoveryService } from '@nestjs/core';
import { reactionsOf, recordReactionOf, type Reaction, type RecordReaction } from './on.js';

/** Every reaction that a provider of the application declares. */
export function discoverReactions(discovery: DiscoveryService): {
  readonly reactions: Reaction[];
  readonly recordReaction: RecordReaction | undefined;
} {
  const instances = discovery.getProviders().map(({ instance }: { instance: unknown }) => instance);
  const all = [...new Set(instances)].filter((one) => typeof one === 'object' && one !== null);
  const recordReactions = all.flatMap((provider) => recordReactionOf(provider) ?? []);
  if (recordReactions.length > 1) throw new Error('only one provider may keep every record');
  return { reactions: all.flatMap((provider) => reactionsOf(provider)), recordReaction: recordReactions[0] };
}
