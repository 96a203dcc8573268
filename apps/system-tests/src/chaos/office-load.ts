import { RETURN_REASONS } from '@tiepsuc/contracts';
import { seededRandom, type Random } from '@tiepsuc/city/samples';
import type { City } from '../test-city.js';
import { pause } from '../service-process.js';
import type { Attempts } from './attempts.js';
import type { OperationKind } from './operation-book.js';
import { chosen } from './schedule.js';

interface Leg {
  readonly legId: string;
  readonly caseId: string;
  readonly status: string;
  readonly sequence: number;
}

interface WaitingCase {
  readonly caseId: string;
  readonly possible: readonly string[];
}

export interface OfficeLoadOptions {
  readonly seed: number;
  /** The processes that serve an office. */
  readonly districtsOf: (office: string) => readonly string[];
  readonly routing: readonly string[];
}

const OFFICERS = 4;
const OFFICER_PAUSE_MS = 600;
const DISPATCHER_PAUSE_MS = 1_500;
const INBOX_MAX = 30;
const RETURN_SHARE = 0.15;
const ACKNOWLEDGE_SHARE = 0.1;

/** Officers who work on what is in their inboxes, and a dispatcher, until they are told to stop. */
export class OfficeLoad {
  private readonly random: Random;
  /** Legs and cases that an officer works on now, or of which nobody knows how they stand. */
  private readonly untouchable = new Set<string>();
  private operations = 0;
  private isStopping = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly city: City,
    private readonly attempts: Attempts,
    private readonly options: OfficeLoadOptions,
  ) {
    this.random = seededRandom(options.seed ^ 0x0ff1ce);
  }

  start(): void {
    this.running = Promise.all([...Array.from({ length: OFFICERS }, () => this.officer()), this.dispatcher()]);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async officer(): Promise<void> {
    while (!this.isStopping) {
      await pause(OFFICER_PAUSE_MS * (0.5 + this.random()));
      const office = chosen(this.city.offices, this.random()) as string;
      const processes = this.options.districtsOf(office);
      const ask = { processes, path: `/offices/${office}/inbox?limit=${INBOX_MAX}`, account: 'officer' };
      const inbox = await this.attempts.once(ask, Math.floor(this.random() * processes.length));
      if (inbox.kind !== 'ok') continue;
      const { items } = inbox.body as { items: readonly Leg[] };
      const leg = chosen(
        items.filter(({ legId }) => !this.untouchable.has(legId)),
        this.random(),
      );
      if (leg) await this.handle(office, leg);
    }
  }

  private async handle(office: string, leg: Leg): Promise<void> {
    const { action, body } = this.nextStep(office, leg);
    this.untouchable.add(leg.legId);
    const { outcome } = await this.attempts.change({
      key: `${action}-${leg.legId}-${++this.operations}`,
      kind: action,
      subject: leg.legId,
      processes: this.options.districtsOf(office),
      path: `/offices/${office}/legs/${leg.legId}/${action}`,
      account: 'officer',
      body,
      headers: { 'if-match': `"${leg.sequence}"` },
    });
    if (outcome !== 'unknown') this.untouchable.delete(leg.legId);
  }

  private nextStep(office: string, { status, caseId }: Leg): { action: OperationKind; body: object } {
    if (status === 'accepted') {
      const isReferred = parseInt(caseId.slice(-2), 16) % 8 === 0;
      const body = isReferred ? { outcome: 'referred', detailCode: 'hotline-115' } : { outcome: 'delivered' };
      return { action: 'resolve', body };
    }
    const draw = this.random();
    if (draw < RETURN_SHARE) {
      const others = this.city.offices.filter((one) => one !== office);
      const suggestedOffice = this.random() < 0.6 ? chosen(others, this.random()) : undefined;
      return { action: 'return', body: { reason: chosen(RETURN_REASONS, this.random()), suggestedOffice } };
    }
    if (draw < RETURN_SHARE + ACKNOWLEDGE_SHARE && status === 'opened') return { action: 'acknowledge', body: {} };
    return { action: 'accept', body: {} };
  }

  private async dispatcher(): Promise<void> {
    const { routing: processes } = this.options;
    while (!this.isStopping) {
      await pause(DISPATCHER_PAUSE_MS * (0.5 + this.random()));
      const waiting = await this.attempts.once(
        { processes, path: `/dispatcher/cases?limit=${INBOX_MAX}`, account: 'dispatcher' },
        Math.floor(this.random() * processes.length),
      );
      if (waiting.kind !== 'ok') continue;
      const { items } = waiting.body as { items: readonly WaitingCase[] };
      const one = chosen(
        items.filter(({ caseId }) => !this.untouchable.has(caseId)),
        this.random(),
      );
      if (one) await this.dispatch(one);
    }
  }

  private async dispatch({ caseId, possible }: WaitingCase): Promise<void> {
    const office = chosen(possible.length > 0 ? possible : this.city.offices, this.random()) as string;
    this.untouchable.add(caseId);
    const { outcome } = await this.attempts.change({
      key: `dispatch-${caseId}-${++this.operations}`,
      kind: 'dispatch',
      subject: caseId,
      processes: this.options.routing,
      path: `/dispatcher/cases/${caseId}/route`,
      account: 'dispatcher',
      body: { office, reasonCode: 'agreed-with-office' },
    });
    if (outcome !== 'unknown') this.untouchable.delete(caseId);
  }
}
