import type { UnroutableReason, Urgency } from '@tiepsuc/contracts';
import { isOpen, needOf, type NeedCode, type Office, type OfficeCatalogue } from '@tiepsuc/city';
import { districtOf, type Area } from './area.js';

/** Version of the table below; every decision says which one it was made by. Change it with each change of a rule. */
export const RULES_VERSION = '2021-07-22';

/** What the rules ask about a case. */
export interface RoutingQuestion extends Area {
  /** Need codes, most pressing first. */
  readonly needs: readonly string[];
  readonly urgency: Urgency;
  /** When the decision is made: offices have hours. */
  readonly at: Date;
}

/** One office that was looked at, and what came of it. */
export interface Considered {
  readonly office: string;
  readonly rule: string;
  readonly verdict: 'chosen' | 'alternative' | 'does-not-take-need' | 'closed-now' | 'had-it-before';
}

/** The office that the rules choose. */
export interface Chosen {
  readonly office: string;
  readonly rule: string;
  readonly need: string;
  /** Offices that could take it too, in the order they would be chosen. */
  readonly alternatives: readonly string[];
  readonly considered: readonly Considered[];
}

/** The rules find no office. */
export interface NotChosen {
  readonly unroutable: Extract<UnroutableReason, 'no-area' | 'no-office'>;
  readonly need: string;
  readonly considered: readonly Considered[];
}

interface Step {
  readonly rule: string;
  readonly by: 'area' | 'expert-panel' | 'department';
}

interface Rule {
  readonly needs: readonly NeedCode[];
  /** Applies to cases of this urgency only. */
  readonly urgency?: Urgency;
  /** Where to look, in this order. */
  readonly steps: readonly Step[];
}

const AREA: Step = { rule: 'area-need', by: 'area' };
const PANEL: Step = { rule: 'panel-in-hours', by: 'expert-panel' };
const DEPARTMENT: Step = { rule: 'department-need', by: 'department' };

/**
 * The first rule that fits the pressing need and the urgency decides. An office must also take the need and be
 * open, so the panel of experts, which does not take emergencies, never gets one. Doctors who call back are no
 * help to a person in danger: then the department, which runs the ambulances, comes first.
 */
const RULES: readonly Rule[] = [
  { needs: ['emergency'], steps: [PANEL, DEPARTMENT] },
  { needs: ['medical-consultation'], urgency: 'emergency', steps: [DEPARTMENT, PANEL] },
  { needs: ['medical-consultation'], steps: [PANEL, DEPARTMENT] },
  { needs: ['entitlement'], steps: [DEPARTMENT] },
  {
    needs: ['food', 'necessities', 'medicine', 'lonely-elderly', 'homeless-child', 'travel', 'other'],
    steps: [AREA, DEPARTMENT],
  },
];

/** The need that decides: an emergency wherever it stands, else the first one that the table knows. */
export function pressingNeed(needs: readonly string[]): string {
  return needs.find((need) => need === 'emergency') ?? needs.find((need) => needOf(need)) ?? needs[0] ?? 'other';
}

/** Asks the rules which office shall handle a case. `tried` are offices that had it: the rules never go back to one. */
export function chooseOffice(
  question: RoutingQuestion,
  catalogue: OfficeCatalogue,
  tried: readonly string[] = [],
): Chosen | NotChosen {
  const need = pressingNeed(question.needs);
  const steps = stepsFor(need, question.urgency);
  const district = districtOf(question);
  const ofArea = district && catalogue.officeOfDistrict(district.code);
  if (steps[0]?.by === 'area' && !ofArea) return { unroutable: 'no-area', need, considered: [] };

  const considered: Considered[] = [];
  const able: Considered[] = [];
  for (const step of steps) {
    for (const office of officesAt(step, catalogue, ofArea)) {
      const rule = step.by === 'area' && district?.by === 'former-district' ? 'former-area-need' : step.rule;
      const obstacle = obstacleTo(office, { need, at: question.at, tried });
      const verdict = obstacle ?? (able.length === 0 ? 'chosen' : 'alternative');
      considered.push({ office: office.code, rule, verdict });
      if (!obstacle) able.push({ office: office.code, rule, verdict });
    }
  }
  const [first, ...others] = able;
  if (!first) return { unroutable: 'no-office', need, considered };
  return { office: first.office, rule: first.rule, need, alternatives: others.map(({ office }) => office), considered };
}

/** Whether an office may be given a case with that need at that time. */
export function takesNow(office: Office, need: string, at: Date): boolean {
  return obstacleTo(office, { need, at, tried: [] }) === undefined;
}

function obstacleTo(
  office: Office,
  { need, at, tried }: { need: string; at: Date; tried: readonly string[] },
): 'does-not-take-need' | 'closed-now' | 'had-it-before' | undefined {
  if (!(office.needs as readonly string[]).includes(need)) return 'does-not-take-need';
  if (tried.includes(office.code)) return 'had-it-before';
  return isOpen(office, at) ? undefined : 'closed-now';
}

function stepsFor(need: string, urgency: Urgency): readonly Step[] {
  const rule = RULES.find((each) => each.needs.some((code) => code === need) && (each.urgency ?? urgency) === urgency);
  return rule?.steps ?? [];
}

function officesAt({ by }: Step, catalogue: OfficeCatalogue, ofArea: Office | undefined): readonly Office[] {
  return by === 'area' ? (ofArea ? [ofArea] : []) : catalogue.offices.filter(({ kind }) => kind === by);
}
