import { check, listed, type Check } from '../verdict.js';

/** A change of an offset row, in the order of the commits of that row. */
export interface OffsetChange {
  readonly group_id: string;
  readonly topic: string;
  readonly partition: number;
  /** Grows by one with each claim of the partition. */
  readonly claim: number;
  readonly next_offset: number;
  /** Who wrote it: name and launch of the process. */
  readonly writer: string;
}

/** A change of a relay's shard. */
export interface ShardChange {
  readonly shard: number;
  readonly epoch: number;
  readonly owner: string | null;
}

/** No owner moves an offset after another one has claimed the partition; claims and offsets never go back. */
export function staleOwnersAreFenced(changes: readonly OffsetChange[]): Check {
  const standing = new Map<string, { claim: number; next: number; claimedBy: string }>();
  const wrong: string[] = [];
  let claims = 0;
  for (const { group_id, topic, partition, claim, next_offset: next, writer } of changes) {
    const place = `${group_id} ${topic}/${partition}`;
    const before = standing.get(place);
    const isClaim = !before || claim !== before.claim;
    if (isClaim) claims++;
    else if (writer !== before.claimedBy) wrong.push(`${place}: ${writer} wrote, ${before.claimedBy} has it`);
    if (before && (claim < before.claim || next < before.next)) wrong.push(`${place} went back`);
    standing.set(place, { claim, next, claimedBy: isClaim ? writer : (before?.claimedBy ?? writer) });
  }
  return check(
    'fencing: no write by an owner that was replaced',
    wrong.length === 0 && claims > 0,
    wrong.length === 0 ? `${changes.length} writes, ${claims} claims` : listed(wrong),
  );
}

/** A relay that takes a shard from another has a higher epoch than every one before it. */
export function relaysAreFenced(changes: readonly ShardChange[]): Check {
  const standing = new Map<number, { epoch: number; owner: string | null }>();
  const wrong: string[] = [];
  let takeovers = 0;
  for (const { shard, epoch, owner } of changes) {
    const before = standing.get(shard);
    const last = before?.owner ?? null;
    const isTakeover = owner !== null && last !== null && owner !== last;
    if (isTakeover) takeovers++;
    if (before && epoch < before.epoch) wrong.push(`shard ${shard}: epoch went back to ${epoch}`);
    if (before && isTakeover && epoch === before.epoch) wrong.push(`shard ${shard}: two owners in epoch ${epoch}`);
    standing.set(shard, { epoch, owner: owner ?? last });
  }
  return check(
    'fencing: every take-over by a relay has a new epoch',
    wrong.length === 0 && changes.length > 0,
    wrong.length === 0 ? `${takeovers} take-overs` : listed(wrong),
  );
}
