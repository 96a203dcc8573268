import { topicPartitionName } from '../partition-run.js';

/** One subscription of a group, as the group sees it. */
export interface GroupMember {
  readonly topics: ReadonlySet<string>;
  assign(topicPartition: { topic: string; partition: number; epoch: bigint }): void;
  /** Asks for the partition back; the member calls `free` when its batch in hand is finished. */
  revoke(topicPartition: { topic: string; partition: number }): void;
}

interface PartitionState {
  readonly topic: string;
  readonly partition: number;
  epoch: bigint;
  owner?: GroupMember;
  isLeaving: boolean;
}

/** Assigns the partitions of a group's topics to its members, evenly and deterministically. */
export class MemoryGroup {
  private readonly partitions = new Map<string, PartitionState>();
  private readonly members = new Set<GroupMember>();

  join(member: GroupMember, topicPartitions: readonly { topic: string; partition: number }[]): void {
    for (const topicPartition of topicPartitions) {
      const name = topicPartitionName(topicPartition);
      if (!this.partitions.has(name)) this.partitions.set(name, { ...topicPartition, epoch: 0n, isLeaving: false });
    }
    this.members.add(member);
    this.share();
  }

  /** The member takes no more partitions; those it still holds follow by `free`. */
  retire(member: GroupMember): void {
    this.members.delete(member);
  }

  free(member: GroupMember, topicPartition: { topic: string; partition: number }): void {
    const state = this.partitions.get(topicPartitionName(topicPartition));
    if (state?.owner !== member) return;
    state.owner = undefined;
    state.isLeaving = false;
    this.share();
  }

  /** The member is gone as after a crash: its partitions are free at once. */
  expel(member: GroupMember): void {
    this.members.delete(member);
    for (const state of this.partitions.values()) {
      if (state.owner !== member) continue;
      state.owner = undefined;
      state.isLeaving = false;
    }
    this.share();
  }

  private share(): void {
    for (const state of this.partitions.values()) {
      const taker = state.owner ? undefined : this.leastLoaded(state.topic);
      if (!taker) continue;
      state.owner = taker;
      state.epoch += 1n;
      taker.assign({ topic: state.topic, partition: state.partition, epoch: state.epoch });
    }
    this.level();
  }

  /** Revokes a partition of a member that has at least two more than another member that could read it. */
  private level(): void {
    const promised = new Map<GroupMember, number>();
    for (const state of [...this.partitions.values()].reverse()) {
      const { owner } = state;
      if (!owner || state.isLeaving || !this.members.has(owner)) continue;
      const taker = this.leastLoaded(state.topic, promised);
      if (!taker || this.load(owner) - this.load(taker) - (promised.get(taker) ?? 0) < 2) continue;
      promised.set(taker, (promised.get(taker) ?? 0) + 1);
      state.isLeaving = true;
      owner.revoke(state);
    }
  }

  private leastLoaded(topic: string, promised?: ReadonlyMap<GroupMember, number>): GroupMember | undefined {
    let least: { member: GroupMember; load: number } | undefined;
    for (const member of this.members) {
      if (!member.topics.has(topic)) continue;
      const load = this.load(member) + (promised?.get(member) ?? 0);
      if (!least || load < least.load) least = { member, load };
    }
    return least?.member;
  }

  private load(member: GroupMember): number {
    let load = 0;
    for (const state of this.partitions.values()) if (state.owner === member && !state.isLeaving) load += 1;
    return load;
  }
}
