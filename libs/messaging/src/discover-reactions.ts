import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { reactionsOf, recordReactionOf, type Reaction, type RecordReaction } from './on.js';

/** Every reaction that a provider of the application declares. */
export function discoverReactions(app: INestApplicationContext): {
  readonly reactions: Reaction[];
  readonly recordReaction: RecordReaction | undefined;
} {
  const providers = new Set<object>();
  for (const module of app.get(ModulesContainer).values()) {
    for (const { instance } of module.providers.values()) {
      if (typeof instance === 'object' && instance !== null) providers.add(instance);
    }
  }
  const all = [...providers];
  const recordReactions = all.flatMap((provider) => recordReactionOf(provider) ?? []);
  if (recordReactions.length > 1) throw new Error('only one provider may keep every record');
  return { reactions: all.flatMap((provider) => reactionsOf(provider)), recordReaction: recordReactions[0] };
}
