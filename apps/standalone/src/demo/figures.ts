/** What one office has, as its own service and as the event log say it. */
export interface OfficeFigures {
  readonly office: string;
  readonly total: number;
  readonly opened: number;
  readonly acknowledged: number;
  readonly accepted: number;
  readonly returned: number;
  readonly resolved: number;
  /** Sum over the outcomes. */
  readonly outcomes: number;
  /** Events of this office, as the audit has counted them. */
  readonly log: {
    readonly offered: number;
    readonly opened: number;
    readonly accepted: number;
    readonly returned: number;
    readonly resolved: number;
  };
}

/** How notifications stand, as their own service and as the event log say it. */
export interface NotificationFigures {
  readonly total: number;
  /** Still to be sent. */
  readonly waiting: number;
  /** Taken by the gateway, whatever its receipt said later. */
  readonly sent: number;
  readonly suppressed: number;
  readonly dead: number;
  readonly log: { readonly sent: number };
}

/** The city's figures, each from the service that answers for it; none counted by the demo itself. */
export interface Figures {
  /** Requests, as the audit has counted their events. */
  readonly filed: number;
  /** Requests that routing has not read yet. */
  readonly undecided: number;
  /** Decisions for an office, as the audit has counted them; a case that is passed on has several. */
  readonly routings: number;
  /** Decisions that a dispatcher must decide, as the audit has counted them. */
  readonly unroutables: number;
  /** Cases that wait for the dispatcher now. */
  readonly waiting: number;
  readonly offices: readonly OfficeFigures[];
  readonly notifications: NotificationFigures;
  /** Keys that wait for a person, in all services. */
  readonly parked: number;
  /** Records that the audit finds not to be what they should. */
  readonly problems: number;
}

/** Cases that an office has, resolved or not. */
export function routedOf({ offices }: Pick<Figures, 'offices'>): number {
  return sumOf(offices, ({ total, returned }) => total - returned);
}

export function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

/** What came on top since `before`, figure by figure. */
export function since(before: Figures, now: Figures): Figures {
  const earlier = new Map(before.offices.map((one) => [one.office, one]));
  return {
    ...minus(now, before),
    offices: now.offices.map((one) => minus(one, earlier.get(one.office))),
    notifications: minus(now.notifications, before.notifications),
    // A key that was parked before still has to be seen.
    parked: now.parked,
  };
}

/** Numbers are subtracted, also one level down; everything else stays. */
function minus<Whole extends object>(now: Whole, before: Whole | undefined): Whole {
  if (!before) return now;
  const entries = Object.entries(now).map(([name, value]: [string, unknown]) => {
    const earlier = (before as Record<string, unknown>)[name];
    if (typeof value === 'number' && typeof earlier === 'number') return [name, value - earlier];
    if (name === 'log') return [name, minus(value as object, earlier as object)];
    return [name, value];
  });
  return Object.fromEntries(entries) as Whole;
}
