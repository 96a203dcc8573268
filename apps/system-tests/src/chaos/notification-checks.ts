import { check, listed, type Check } from '../verdict.js';
import type { LoggedEvent } from './logged-record.js';

export interface DeliveryRow {
  readonly notification_id: string;
  readonly status: string;
  readonly reason: string | null;
  /** Whether the message is in the mailbox page. */
  readonly is_shown: boolean;
}

/** What the events say of one notification. */
interface Story {
  queued: number;
  sent: number;
  readonly suppressedFor: unknown[];
  /** Attempts that failed and were to be tried again; what is given up has none after it. */
  retried: number;
  givenUp: number;
  news: Readonly<Record<string, unknown>>;
}

/**
 * Each citizen was told each thing once. What was queued was sent, or was no news any more, and the events say why:
 * queued = told + suppressed. Nothing is given up, since the vault has every address and the mailbox page takes all.
 */
export function citizensAreToldOnce(events: readonly LoggedEvent[], deliveries: readonly DeliveryRow[]): Check {
  const stories = storiesOf(events);
  const tellings = new Set([...stories.values()].filter(({ sent }) => sent > 0).map(toldAbout));
  const rows = new Map(deliveries.map((row) => [row.notification_id, row]));
  const wrong = [...stories].flatMap(([id, story]) => {
    const why = whatIsWrong(story, { row: rows.get(id), tellings });
    return why === undefined ? [] : [`${id} ${why}`];
  });
  const unsaid = deliveries
    .filter(({ notification_id: id }) => !stories.has(id))
    .map((row) => `${row.notification_id} nobody said`);
  const culprits = [...wrong, ...unsaid];
  const isOneRowEach = rows.size === deliveries.length;
  const figure = numbers([...stories.values()], deliveries);
  return check(
    'each citizen was told each thing once',
    culprits.length === 0 && isOneRowEach && tellings.size > 0,
    culprits.length === 0 ? figure : `${figure}; wrong ${listed(culprits)}`,
  );
}

function storiesOf(events: readonly LoggedEvent[]): Map<string, Story> {
  const stories = new Map<string, Story>();
  for (const { type, subject, data } of events) {
    if (!type.startsWith('relief.notification.')) continue;
    const story = stories.get(subject) ?? { queued: 0, sent: 0, suppressedFor: [], retried: 0, givenUp: 0, news: {} };
    stories.set(subject, story);
    if (type === 'relief.notification.queued.v1') {
      story.queued++;
      story.news = data;
    }
    if (type === 'relief.notification.sent.v1') story.sent++;
    if (type === 'relief.notification.suppressed.v1') story.suppressedFor.push(data['reason']);
    if (type === 'relief.notification.failed.v1') story[data['retryAt'] === undefined ? 'givenUp' : 'retried']++;
  }
  return stories;
}

/** Undefined when nothing is. */
function whatIsWrong(
  { queued, sent, suppressedFor, retried, givenUp, news }: Story,
  { row, tellings }: { row: DeliveryRow | undefined; tellings: ReadonlySet<string> },
): string | undefined {
  const [reason] = suppressedFor;
  if (givenUp > 0) return 'was given up';
  if (queued > 1 || sent + suppressedFor.length !== 1)
    return `was queued ${queued}, sent ${sent} and suppressed ${suppressedFor.length} times`;
  if (row?.status !== (sent === 1 ? 'sent' : 'suppressed')) return `is ${row?.status ?? 'no row'}`;
  if (row.is_shown !== (sent === 1)) return 'is shown wrongly';
  if (sent === 1) return queued === 1 ? undefined : 'was never queued';
  if (row.reason !== reason) return `is suppressed for ${row.reason} and not for ${String(reason)}`;
  const isExplained =
    queued === 0
      ? reason === 'no-address'
      : (reason === 'already-told' && news['template'] === 'case-routed' && tellings.has(toldAbout({ news }))) ||
        (reason === 'outdated' && retried > 0);
  return isExplained ? undefined : `was suppressed for ${String(reason)}`;
}

/** What a citizen learns from it: the same again is no news. */
function toldAbout({ news }: Pick<Story, 'news'>): string {
  return [news['caseId'], news['template'], news['office']].join(' ');
}

function numbers(stories: readonly Story[], deliveries: readonly DeliveryRow[]): string {
  const count = (is: (story: Story) => boolean) => stories.filter(is).length;
  const sum = (of: (story: Story) => number) => stories.reduce((total, story) => total + of(story), 0);
  const suppressed = (reason: string) => count((story) => story.queued > 0 && story.suppressedFor.includes(reason));
  const shownWrongly = deliveries.filter(({ status, is_shown }) => (status === 'sent') !== is_shown).length;
  return [
    `${count(({ queued }) => queued > 0)} queued = ${count(({ sent }) => sent > 0)} told` +
      ` + ${suppressed('already-told')} told before + ${suppressed('outdated')} outdated`,
    `${count(({ queued }) => queued === 0)} without an address`,
    `${sum(({ retried }) => retried)} attempts failed`,
    `${sum(({ givenUp }) => givenUp)} given up`,
    `${shownWrongly} shown wrongly`,
  ].join(', ');
}
