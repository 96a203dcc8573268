import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@tiepsuc/contracts';
import type { City } from '../city.js';
import { Progress, type Terminal } from '../progress.js';
import { PUBLISHED, WEEK_BEGAN_MS } from './arrival-curve.js';
import { CityClient } from './city-client.js';
import { DispatcherDesk } from './dispatcher-desk.js';
import { handledShares } from './fate.js';
import { since } from './figures.js';
import { funnel, verdict } from './funnel.js';
import { fileRequests } from './hotline.js';
import { OfficeDesk } from './office-desk.js';
import { plannedRequests } from './planned-request.js';
import { quiet, type Backlog } from './quiet.js';
import { readFigures } from './read-figures.js';
import { reconcile } from './reconcile.js';
import { RunBook } from './run-book.js';

/** How long officers and dispatchers rest when they found nothing to do. */
const REST_MS = 500;
const SHOW_EVERY_MS = 250;

export interface DemoOptions {
  readonly requests: number;
  readonly seed: number;
  /** Nobody else can use the city, so that its figures must be the demo's exactly. */
  readonly throwAway: boolean;
  readonly terminal: Terminal;
}

/**
 * Sends the hotline's first days through the city by its public APIs, waits until all of it is done, and prints the
 * funnel. @returns whether the figures of the services fit together and with what was answered
 */
export async function runDemo(city: City, options: DemoOptions): Promise<boolean> {
  const { requests, seed, throwAway, terminal } = options;
  const begunMs = performance.now();
  const client = new CityClient(city.issuer.tokenUrl);
  const book = new RunBook(newId());
  const shares = handledShares(city.offices, seed);
  const dispatcher = new DispatcherDesk({ routingUrl: city.urls.routing, client, book });
  const desks = city.offices.map(
    ({ code }) =>
      new OfficeDesk({ office: code, handledShare: shares.get(code)!, districtUrl: city.urls.district, client, book }),
  );
  const progress = new Progress(terminal);
  let backlog: Backlog | undefined;
  const show = (): void => progress.show(progressLine(book, { requests, backlog }));
  const stopped = new AbortController();
  const calm = (): Promise<void> =>
    quiet({ city, client, signal: stopped.signal, onLook: (seen) => void (backlog = seen) });

  terminal.write(`${introduction(requests, seed)}\n`);
  const shown = setInterval(show, SHOW_EVERY_MS);
  try {
    await calm();
    const before = await readFigures({ city, client, dispatcher });
    const filing = new AbortController();
    const workers = [dispatcher, ...desks].map((desk) => keepWorking(desk, filing.signal));
    const abort = (error: unknown): never => {
      filing.abort();
      stopped.abort();
      throw error;
    };
    await Promise.all([
      ...workers.map((worker) => worker.catch(abort)),
      fileRequests(plannedRequests(requests, seed), {
        intakeUrl: city.urls.intake,
        client,
        book,
        signal: stopped.signal,
      })
        .catch(abort)
        .finally(() => filing.abort()),
    ]);
    do await calm();
    while ((await workOnce([dispatcher, ...desks])) > 0);
    const figures = since(before, await readFigures({ city, client, dispatcher }));
    const equations = reconcile(figures, book.tally, throwAway);
    progress.clear();
    terminal.write(`${funnel(figures, city.offices)}\n${verdict(equations)}\n`);
    terminal.write(`  ${((performance.now() - begunMs) / 1_000).toFixed(1)} s\n`);
    return equations.every(({ holds }) => holds);
  } finally {
    clearInterval(shown);
    progress.clear();
  }
}

interface Desk {
  work(): Promise<number>;
}

async function keepWorking(desk: Desk, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if ((await desk.work()) === 0) await sleep(REST_MS);
  }
}

async function workOnce(desks: readonly Desk[]): Promise<number> {
  const handled = await Promise.all(desks.map((desk) => desk.work()));
  return handled.reduce((sum, one) => sum + one, 0);
}

function introduction(requests: number, seed: number): string {
  const { calls, takenIn } = PUBLISHED;
  const [inVi, inEn] = ['vi-VN', 'en-GB'].map((locale) => new Intl.NumberFormat(locale));
  return (
    `\nTổng đài 22–28/7/2021: ${inVi!.format(calls)} cuộc gọi, tiếp nhận ${inVi!.format(takenIn)}; ` +
    `bản demo gửi ${inVi!.format(requests)} yêu cầu được tạo ngẫu nhiên (--seed ${seed}).\n` +
    `The hotline, 22–28 July 2021: ${inEn!.format(calls)} calls, ${inEn!.format(takenIn)} taken in; ` +
    `the demo files ${inEn!.format(requests)} generated requests (--seed ${seed}).`
  );
}

const HOTLINE_TIME = new Intl.DateTimeFormat('vi-VN', {
  day: '2-digit',
  month: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Asia/Ho_Chi_Minh',
});

function progressLine(book: RunBook, { requests, backlog }: { requests: number; backlog?: Backlog }): string {
  const { filed, accepted, resolved, returned, dispatched } = book.tally;
  const time = HOTLINE_TIME.format(book.hotlineMs || WEEK_BEGAN_MS);
  const underWay = backlog && filed === requests ? backlog.unpublished + backlog.unread + backlog.unsent : undefined;
  return [
    `${time}`,
    `tiếp nhận/filed ${filed}/${requests}`,
    `nhận/accepted ${accepted}`,
    `xong/resolved ${resolved}`,
    `trả/returned ${returned}`,
    `điều phối/dispatched ${dispatched}`,
    ...(underWay === undefined ? [] : [`đang truyền/under way ${underWay}`]),
  ].join(' · ');
}
