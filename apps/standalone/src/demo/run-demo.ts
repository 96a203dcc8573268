import { newId } from '@tiepsuc/contracts';
import { Progress, type Terminal } from '../progress.js';
import { PUBLISHED, WEEK_BEGAN_MS } from './arrival-curve.js';
import { CityClient } from './city-client.js';
import { Crew } from './crew.js';
import type { DemoCity } from './demo-city.js';
import { DispatcherDesk } from './dispatcher-desk.js';
import { handledShares } from './planned-outcome.js';
import { since, type Figures } from './figures.js';
import { funnel, verdict } from './funnel.js';
import { fileRequests } from './hotline.js';
import { OfficeDesk } from './office-desk.js';
import { plannedRequests } from './planned-request.js';
import { quiet, type Backlog } from './wait-until-settled.js';
import { readFigures } from './read-figures.js';
import { reconcile, type Equation } from './reconcile.js';
import { RunBook } from './run-book.js';

const SHOW_EVERY_MS = 250;

export interface DemoOptions {
  readonly requests: number;
  readonly seed: number;
  /** Only the demo can use the city, so its figures must be exactly the demo's. */
  readonly throwAway: boolean;
  readonly terminal: Terminal;
  /** Ends the demo at once; what is under way stays as it is. */
  readonly signal: AbortSignal;
}

export interface DemoResult {
  /** What this run has added to the city's figures. */
  readonly figures: Figures;
  readonly equations: readonly Equation[];
  readonly reconciled: boolean;
}

/**
 * Sends the hotline's first days through the city by its public APIs, waits until all of it is done, and prints the
 * funnel. @throws Error when a service stops answering, or the signal is aborted
 */
export async function runDemo(city: DemoCity, options: DemoOptions): Promise<DemoResult> {
  const { requests, seed, throwAway, terminal, signal } = options;
  const client = new CityClient(city.issuer.tokenUrl, signal);
  const book = new RunBook(newId());
  const dispatcher = new DispatcherDesk({ routingUrl: city.urls.routing, client, book });
  const desks = officeDesks(city, { client, book, seed });
  const progress = new Progress(terminal);
  let backlog: Backlog | undefined;
  const calm = (): Promise<void> => quiet({ city, client, signal, onLook: (seen) => void (backlog = seen) });

  terminal.write(`${introduction(requests, seed)}\n`);
  await calm();
  const before = await readFigures({ city, client, dispatcher });
  const shown = setInterval(() => progress.show(progressLine(book, { requests, backlog })), SHOW_EVERY_MS);
  const crew = new Crew([dispatcher, ...desks]);
  try {
    await fileRequests(plannedRequests(requests, seed), { intakeUrl: city.urls.intake, client, book });
    do await calm();
    while ((await crew.round()) > 0);
  } finally {
    await crew.goHome();
    clearInterval(shown);
    progress.clear();
  }
  const figures = since(before, await readFigures({ city, client, dispatcher }));
  const equations = reconcile(figures, book.tally, throwAway);
  terminal.write(`${funnel(figures, city.offices)}\n${verdict(equations)}\n`);
  return { figures, equations, reconciled: equations.every(({ holds }) => holds) };
}

function officeDesks(
  city: DemoCity,
  { client, book, seed }: { client: CityClient; book: RunBook; seed: number },
): OfficeDesk[] {
  const shares = handledShares(city.offices, seed);
  const districtUrl = city.urls.district;
  return city.offices.map(
    ({ code }) => new OfficeDesk({ office: code, handledShare: shares.get(code) ?? 0, districtUrl, client, book }),
  );
}

function introduction(requests: number, seed: number): string {
  const { calls, takenIn } = PUBLISHED;
  const vi = (count: number): string => count.toLocaleString('vi-VN');
  const en = (count: number): string => count.toLocaleString('en-GB');
  return (
    `\nTổng đài 22–28/7/2021: ${vi(calls)} cuộc gọi, tiếp nhận ${vi(takenIn)}; ` +
    `bản demo gửi ${vi(requests)} yêu cầu được tạo ngẫu nhiên (--seed ${seed}).\n` +
    `The hotline, 22–28 July 2021: ${en(calls)} calls, ${en(takenIn)} taken in; ` +
    `the demo files ${en(requests)} generated requests (--seed ${seed}).`
  );
}

const HOTLINE_TIME = new Intl.DateTimeFormat('vi-VN', {
  day: 'numeric',
  month: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Asia/Ho_Chi_Minh',
});

function progressLine(book: RunBook, { requests, backlog }: { requests: number; backlog?: Backlog }): string {
  const { filed, accepted, resolved, returned, dispatched } = book.tally;
  const underWay = backlog && filed === requests ? backlog.unpublished + backlog.unread + backlog.unsent : undefined;
  return [
    HOTLINE_TIME.format(book.hotlineMs || WEEK_BEGAN_MS),
    `tiếp nhận/filed ${filed}/${requests}`,
    `nhận/accepted ${accepted}`,
    `xong/resolved ${resolved}`,
    `trả/returned ${returned}`,
    `điều phối/dispatched ${dispatched}`,
    ...(underWay === undefined ? [] : [`đang truyền/under way ${underWay}`]),
  ].join(' · ');
}
