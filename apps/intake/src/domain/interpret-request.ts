import { CaseFacts, pickDeclared, type Channel, type Refusal, type RequestFiled } from '@tiepsuc/contracts';
import { nfc } from '@tiepsuc/city';
import type { SubmittedBeneficiary, SubmittedRequest } from './submitted-request.js';
import { notifyChannel, phoneFrom } from './contacts.js';
import type { PersonDetails } from './person-details.js';
import { locationOf } from './location.js';
import { refuseRequest } from './refusals.js';

/** How old a contact may be when it is written down; clocks of cases start when it happened. */
export const OCCURRED_AGE_MAX_MS = 60 * 24 * 60 * 60 * 1_000;
/** Waiting cases are ordered by when it happened, so only a form that waited for a network may say that it is older than its arrival. */
export const SENT_LATER_MAX_MS = 60 * 60 * 1_000;
/** Journals forget keys after 30 days, so what is older still repeats nothing; no list of units need go back so far. */
export const REPEATED_AGE_MAX_MS = 2 * OCCURRED_AGE_MAX_MS;
/** Maximum time by which a caller's clock may be ahead of ours. */
export const CLOCK_AHEAD_MAX_MS = 2 * 60 * 1_000;

/** What may be told, before the request and its persons have ids. */
export type Facts = Readonly<
  Omit<RequestFiled, 'requestId' | 'caseId' | 'reporterRef' | 'beneficiaryRef' | 'trackingCode' | 'batch'>
>;

/** A request as understood, parted into what may be told and what belongs into the vault. */
export interface InterpretedRequest {
  readonly facts: Facts;
  readonly reporter: PersonDetails;
  /** Absent when the reporter asks for themselves. */
  readonly beneficiary?: PersonDetails;
  /** Why it comes too late, unless it repeats one that came in time. */
  readonly late?: Refusal;
}

/** What is known about the asking, apart from what was asked. */
export interface Arrival {
  /** RFC 3339 in UTC with milliseconds. */
  readonly arrivedAt: string;
  /** What the channel is when nothing was said. */
  readonly channel: Channel;
  /** Staff and systems may say through which channel it came, and how long ago; everyone else came through this one. */
  readonly mayChooseChannel: boolean;
}

/**
 * Understands a request. Whether it comes too late is only noted: a repeat may come at any time, and what is a repeat
 * is known to the journal alone.
 * @throws Refusal naming the field and never what stands in it
 */
export function interpretRequest(asked: SubmittedRequest, arrival: Arrival): InterpretedRequest {
  const phone = phoneFrom(asked.reporter.phone, 'reporter.phone');
  const otherPhone = phoneFrom(asked.beneficiary?.phone, 'beneficiary.phone');
  const { name, email, webhookUrl } = asked.reporter;
  const isSame = asksForThemselves(asked.beneficiary);
  const about = { address: text(asked.address?.text), description: text(asked.description) };
  if (!phone && !otherPhone && !email && !about.address) throw refuseRequest('contact-missing');
  const { occurredAt, late } = occurrence(asked.occurredAt, arrival);
  const reporter = { name: text(name), phone: phone?.e164, email, webhookUrl };
  const facts: Facts = {
    ...pickDeclared(CaseFacts, asked),
    ...locationOf({ ...asked.address, text: about.address }, occurredAt),
    channel: channelOf(asked.channel, arrival),
    needs: [...new Set(asked.needs)],
    urgency: asked.urgency ?? (asked.needs.includes('emergency') ? 'emergency' : 'normal'),
    notifyBy: notifyChannel(asked.notifyBy, { phone, email, webhookUrl }),
    language: asked.language ?? 'vi',
    occurredAt,
  };
  if (isSame) return { facts, reporter: { ...reporter, ...about }, late };
  const beneficiary = { name: text(asked.beneficiary?.name), phone: otherPhone?.e164, ...about };
  return { facts, reporter, beneficiary, late };
}

/** A reporter who describes no other person asks for themselves, unless they say that it is for another. */
function asksForThemselves(beneficiary: SubmittedBeneficiary | undefined): boolean {
  if (!beneficiary) return true;
  const isDescribed = Boolean(text(beneficiary.name) ?? beneficiary.phone);
  if (beneficiary.sameAsReporter && isDescribed) throw refuseRequest('beneficiary-contradictory');
  return beneficiary.sameAsReporter ?? !isDescribed;
}

function occurrence(asked: string | undefined, arrival: Arrival): { occurredAt: string; late?: Refusal } {
  const { arrivedAt } = arrival;
  if (asked === undefined) return { occurredAt: arrivedAt };
  const occurredMs = Date.parse(asked);
  const arrivedMs = Date.parse(arrivedAt);
  if (Number.isNaN(occurredMs) || !isOnCalendar(asked)) throw refuseRequest('moment-not-valid');
  if (occurredMs > arrivedMs + CLOCK_AHEAD_MAX_MS) throw refuseRequest('moment-in-future');
  const ageMs = arrivedMs - occurredMs;
  const late = lateness(ageMs, arrival);
  if (late && ageMs > REPEATED_AGE_MAX_MS) throw late;
  return { occurredAt: new Date(Math.min(occurredMs, arrivedMs)).toISOString(), late };
}

function lateness(ageMs: number, arrival: Arrival): Refusal | undefined {
  if (ageMs > OCCURRED_AGE_MAX_MS) return refuseRequest('moment-too-old');
  if (ageMs > SENT_LATER_MAX_MS && !mayBackdate(arrival)) return refuseRequest('backdating-not-for-citizens');
  return undefined;
}

/** V8 reads 31 June as 1 July, and the hour 24 as the next day. */
function isOnCalendar(moment: string): boolean {
  const written = moment.slice(0, 'YYYY-MM-DDTHH'.length);
  const readMs = Date.parse(`${written}:00Z`);
  return !Number.isNaN(readMs) && new Date(readMs).toISOString().startsWith(written);
}

/** Staff and systems, and the files that operators import. */
function mayBackdate({ channel, mayChooseChannel }: Arrival): boolean {
  return mayChooseChannel || channel === 'csv';
}

function channelOf(asked: Channel | undefined, { channel, mayChooseChannel }: Arrival): Channel {
  if (asked !== undefined && asked !== channel && !mayChooseChannel) throw refuseRequest('channel-not-for-citizens');
  return asked ?? channel;
}

/** Composed characters, no blanks around; undefined when nothing is left. */
function text(given: string | undefined): string | undefined {
  return nfc(given ?? '').trim() || undefined;
}
