import { topicPartitionName } from '../partition-run.js';

/** One subscription of a group, as the group sees it. */
export interface GroupMember {
  readonly topics: ReadonlySet<string>;
  assign(place: { topic: string; partition: number; epoch: bigint }): void;
  /** Asks for the partition back; the member calls `free` when its batch in hand is finished. */
  revoke(place: { topic: string; partition: number }): void;
}

interface Seat {
  readonly topic: string;
  readonly partition: number;
  epoch: bigint;
  owner?: GroupMember;
  isLeaving: boolean;
}

/** Shares the partitions of a group's topics among its members, evenly and always the same way. */
export class MemoryGroup {
  private readonly seats = new Map<string, Seat>();
  private readonly members = new Set<GroupMember>();

  join(member: GroupMember, places: readonly { topic: string; partition: number }[]): void {
    for (const place of places) {
      const name = topicPartitionName(place);
      if (!this.seats.has(name)) this.seats.set(name, { ...place, epoch: 0n, isLeaving: false });
    }
    this.members.add(member);
    this.share();
  }

  /** The member takes no more partitions; those it still holds follow by `free`. */
  retire(member: GroupMember): void {
    this.members.delete(member);
  }

  free(member: GroupMember, place: { topic: string; partition: number }): void {
    const seat = this.seats.get(topicPartitionName(place));
    if (seat?.owner !== member) return;
    seat.owner = undefined;
    seat.isLeaving = false;
    this.share();
  }

  /** The member vanishes as a crashed process does: what it held is free at once. */
  expel(member: GroupMember): void {
    this.members.delete(member);
    for (const seat of this.seats.values()) {
      if (seat.owner !== member) continue;
      seat.owner = undefined;
      seat.isLeaving = false;
    }
    this.share();
  }

  private share(): void {
    for (const seat of this.seats.values()) {
      const taker = seat.owner ? undefined : this.leastLoaded(seat.topic);
      if (!taker) continue;
      seat.owner = taker;
      seat.epoch += 1n;
      taker.assign({ topic: seat.topic, partition: seat.partition, epoch: seat.epoch });
    }
    this.level();
  }

  /** Takes a partition from whoever has at least two more than somebody who could read it. */
  private level(): void {
    const promised = new Map<GroupMember, number>();
    for (const seat of [...this.seats.values()].reverse()) {
      const { owner } = seat;
      if (!owner || seat.isLeaving || !this.members.has(owner)) continue;
      const taker = this.leastLoaded(seat.topic, promised);
      if (!taker || this.load(owner) - this.load(taker) - (promised.get(taker) ?? 0) < 2) continue;
      promised.set(taker, (promised.get(taker) ?? 0) + 1);
      seat.isLeaving = true;
      owner.revoke(seat);
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
    for (const seat of this.seats.values()) if (seat.owner === member && !seat.isLeaving) load += 1;
    return load;
  }
}
