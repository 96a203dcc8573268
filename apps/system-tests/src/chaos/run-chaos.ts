import { join } from 'node:path';
import { nothingPersonal } from '../city-checks.js';
import type { City } from '../test-city.js';
import { Databases } from '../databases.js';
import { replaysAreEqual } from '../replays.js';
import { plannedRequests } from '../request-mix.js';
import { check, listed, type Check } from '../verdict.js';
import { Attempts } from './attempts.js';
import { fillDisk } from './disk-full.js';
import { makeTopicAgain } from './recreated-topic.js';
import { districtsOf, INTAKE, ROUTING, SHIFTABLE } from './chaos-city.js';
import type { ChaosSettings } from './chaos-settings.js';
import { awaitIdle, type IdleWait } from './await-idle.js';
import type { DisturbedLine } from './disturbed-lines.js';
import { judge } from './judgement.js';
import { Nemesis } from './nemesis.js';
import { Observer } from './observer.js';
import { OfficeLoad } from './office-load.js';
import { OperationBook, type OperationCounts } from './operation-book.js';
import { measurePoisonDelay } from './poison-delay.js';
import { PoisonedKeys } from './poisoned-keys.js';
import { RequestLoad } from './request-load.js';
import { faultsAreEnough } from './fault-checks.js';
import { sharesFor } from './fault-shares.js';
import { SumsLoad } from './sums-load.js';
import { Supervisor } from './supervisor.js';
import { watchWrites } from './watched-writes.js';

const SAY_EVERY_MS = 10_000;
/** Without end, as far as a run is concerned. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;
/** After the last fault everything must come to rest within a minute. */
const CAUGHT_UP_WITHIN_MS = 60_000;
/** A city that is not quiet by then is judged all the same: the other checks say what is missing. */
const PATIENCE_MS = 240_000;
const CANARIES = 40;
/** Citizens of the calm minutes after the faults, others than those before. */
const CALM = { seed: 0xca1, perSecond: 20 };

/** What a run has to say. */
export interface ChaosOutcome {
  readonly faults: ReadonlyMap<string, number>;
  readonly operations: OperationCounts;
  readonly checks: readonly Check[];
}

export interface ChaosParts {
  readonly city: City;
  readonly lines: readonly DisturbedLine[];
  readonly settings: ChaosSettings;
  readonly say: (line: string) => void;
}

/** Breaks the city while people use it, lets it recover, and judges. */
export async function runChaos(parts: ChaosParts): Promise<ChaosOutcome> {
  await watchWrites(new Databases(parts.city));
  const sums = await SumsLoad.start(parts.city, parts.settings.seed);
  const run = new ChaosRun(parts, sums);
  try {
    await run.disturb();
    const atRest = await run.awaitIdle();
    const checks = [...atRest, ...(await run.judge())];
    return await run.endings(checks);
  } finally {
    await run.close();
  }
}

class ChaosRun {
  private readonly databases: Databases;
  private readonly book: OperationBook;
  private readonly observer: Observer;
  private readonly poison: PoisonedKeys;
  private readonly supervisor = new Supervisor();
  private readonly nemesis: Nemesis;
  private readonly attempts: Attempts;
  private readonly requests: RequestLoad;
  private readonly calmRequests: RequestLoad;
  private readonly offices: OfficeLoad;
  private progress: NodeJS.Timeout | undefined;
  /** From the first fault to the last. */
  private disturbedMs = 0;

  constructor(
    private readonly parts: ChaosParts,
    private readonly sums: SumsLoad,
  ) {
    const { city, lines, settings } = parts;
    const { seed, requestsPerSecond: perSecond } = settings;
    this.databases = new Databases(city);
    this.book = new OperationBook(join(city.folder, 'operations.jsonl'));
    this.observer = new Observer(city.eventLog);
    this.poison = new PoisonedKeys(city.eventLog, city.kafka?.brokers);
    const { supervisor, poison } = this;
    this.nemesis = new Nemesis({ city, supervisor, shiftable: SHIFTABLE, poison, sums, lines });
    this.attempts = new Attempts(city, this.book);
    this.requests = new RequestLoad(this.attempts, { seed, perSecond, processes: INTAKE });
    const { perSecond: calmly } = CALM;
    this.calmRequests = new RequestLoad(this.attempts, {
      seed: seed ^ CALM.seed,
      perSecond: calmly,
      processes: INTAKE,
    });
    this.offices = new OfficeLoad(city, this.attempts, {
      seed,
      districtsOf: (office) => districtsOf(city, office),
      routing: ROUTING,
    });
  }

  /** People work, and everything breaks, until as many faults took hold as were wanted. */
  async disturb(): Promise<void> {
    const { city, settings } = this.parts;
    const { eventLog, faults: count, minutesMax, seed } = settings;
    for (const one of city.processes.values()) this.supervisor.keep(one);
    this.progress = setInterval(() => this.sayProgress(), SAY_EVERY_MS);
    this.observer.start();
    this.requests.start();
    this.offices.start();
    const startedMs = performance.now();
    const untilMs = minutesMax === undefined ? NEVER_MS : startedMs + minutesMax * 60_000;
    await this.nemesis.run(seed, { shares: sharesFor(eventLog), count, untilMs });
    this.disturbedMs = performance.now() - startedMs;
  }

  /** Everything is mended, people go home, and what is on its way must arrive. */
  async awaitIdle(): Promise<Check[]> {
    const { city, settings, say } = this.parts;
    say('the last fault is injected: healing');
    await this.nemesis.heal();
    await this.stopLoad();
    const rest = await awaitIdle(city, { withinMs: PATIENCE_MS, say });
    const sums = await this.sums.settle();
    say('poison while requests are filed in an idle city');
    const poisonDelay = await measurePoisonDelay(this.databases, this.calmRequests, this.poison);
    const restAgain = await awaitIdle(city, { withinMs: PATIENCE_MS, say });
    await this.observer.stop();
    const faults = faultsAreEnough({
      injected: this.nemesis.injected,
      shares: sharesFor(settings.eventLog),
      tookMs: this.disturbedMs,
      wanted: settings.faults,
      isLimited: settings.minutesMax !== undefined,
    });
    return [...faults, ...liveness(rest, restAgain), ...sums, poisonDelay];
  }

  async judge(): Promise<Check[]> {
    const { city, settings, say } = this.parts;
    say('checking');
    const { databases, observer, book, poison } = this;
    const filed = new Map([...this.requests.filed, ...this.calmRequests.filed]);
    const { checks, foreignRecords } = await judge({
      eventLog: settings.eventLog,
      databases,
      observer,
      book,
      filed,
      poison,
    });
    const replays = await replaysAreEqual(city, await poisonedRecords(databases), foreignRecords);
    const personal = await nothingPersonal(city, databases, plannedRequests(CANARIES, settings.seed));
    return [...checks, ...replays, ...personal];
  }

  /** Two faults that come last, because nothing of the city can be judged after them, with the outcome of it all. */
  async endings(checks: readonly Check[]): Promise<ChaosOutcome> {
    const { city, settings, say } = this.parts;
    say('the last two faults: a full disk, and a topic that is made again');
    const disk = await fillDisk(city, settings.seed);
    const topic = await makeTopicAgain(city, this.databases);
    return {
      faults: new Map([...this.nemesis.injected, ['topic-made-again', 1], ['disk-full', disk.tookHold ? 1 : 0]]),
      operations: this.book.counts(),
      checks: [...checks, ...disk.checks, topic, this.nobodyEnded()],
    };
  }

  /** Whatever is taken away from a process, it goes on: only a kill, or a start that finds no database, ends one. */
  private nobodyEnded(): Check {
    const crashes = [...this.supervisor.crashes, ...this.sums.crashes];
    return check('no process that had come up ended by itself', crashes.length === 0, listed(crashes));
  }

  async close(): Promise<void> {
    this.attempts.abandon();
    await this.stopLoad();
    await this.sums.stop();
    this.supervisor.stop();
    await this.observer.stop();
    await this.observer.close();
    await this.poison.close();
    await this.book.close();
  }

  private async stopLoad(): Promise<void> {
    await Promise.all([this.requests.stop(), this.offices.stop()]);
    clearInterval(this.progress);
  }

  private sayProgress(): void {
    const { ok, fail, unknown, repeated } = this.book.counts();
    const operations = `${ok} ok, ${fail} refused, ${unknown} unknown, ${repeated} asked again`;
    this.parts.say(`${this.nemesis.total} of ${this.parts.settings.faults} faults; ${operations}`);
  }
}

function liveness({ unfinished: first, caughtUpMs, tookMs }: IdleWait, again: IdleWait): Check[] {
  const unfinished = [...first, ...again.unfinished];
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  return [
    check(
      'liveness: all lags and outboxes empty within 60 s',
      caughtUpMs !== undefined && caughtUpMs <= CAUGHT_UP_WITHIN_MS,
      caughtUpMs === undefined ? listed(first) : seconds(caughtUpMs),
    ),
    check('nothing is stuck', unfinished.length === 0, unfinished.length === 0 ? seconds(tookMs) : listed(unfinished)),
  ];
}

/** Records that audit found to be none of ours; a replay must report exactly these. */
function poisonedRecords(databases: Databases): Promise<number> {
  return databases.count('audit', 'SELECT 1 FROM history WHERE problem IS NOT NULL');
}
