import { OfferedCase, OUTCOMES, pickDeclared, RETURN_REASONS } from '@tiepsuc/contracts';
import { needOf, UNIT_VERSIONS, unitsOf } from '@tiepsuc/city';
import { OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { LEG_STATUSES, type KnownLeg } from '../domain/leg.js';
import type { LegRow } from '../store/leg.row.js';

export class NeedView {
  /** Code of the need. */
  @IsString() code!: string;
  /** Vietnamese name. */
  @IsString() nameVi!: string;
  /** English name. */
  @IsString() nameEn!: string;
}

/** The facts that are shown as they are. */
class ListedFacts extends OmitType(OfferedCase, [
  'needs',
  'unitsVersion',
  'notifyBy',
  'language',
  'office',
  'reporterRef',
] as const) {}

/** A leg in a list. Ask intake's vault who the beneficiary is and where; each look leaves an event. */
export class LegListItem extends ListedFacts {
  /** Where the leg stands. */
  @IsIn(LEG_STATUSES) status!: string;
  /** When it came into this status. */
  @IsString() since!: string;
  /** Send it as `If-Match: "<sequence>"`. */
  @IsInt() sequence!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => NeedView) needs!: NeedView[];
  /** Name of the district, as it was then. */
  @IsOptional() @IsString() districtName?: string;
  /** Name of the ward, as it was then. */
  @IsOptional() @IsString() wardName?: string;
  /** When it came into the inbox. */
  @IsString() openedAt!: string;
  /** How it ended; only of a resolved leg. */
  @IsOptional() @IsIn(OUTCOMES) outcome?: string;
  /** True for a drill: no help is needed, and it counts in no figure. Show it wherever the case is shown. */
  @IsBoolean() exercise!: boolean;
}

/** A leg by itself. */
export class LegView extends LegListItem {
  /** The office whose turn it is. */
  @IsString() office!: string;
  @IsString() reporterRef!: string;
  /** The rule that was not met, or the service it was referred to. */
  @IsOptional() @IsString() detailCode?: string;
  /** Id of a photo or a receipt in the evidence store. */
  @IsOptional() @IsString() evidenceRef?: string;
  /** Why it was given back; only of a returned leg. */
  @IsOptional() @IsIn(RETURN_REASONS) returnReason?: string;
  /** Code of the office that is right, as far as this one knows. */
  @IsOptional() @IsString() suggestedOffice?: string;
}

export function listItemOf(row: LegRow): LegListItem {
  return {
    ...namedFacts(row.facts),
    status: row.status,
    since: instant(row.since),
    sequence: row.sequence,
    openedAt: instant(row.openedAt),
    outcome: row.outcome ?? undefined,
    exercise: row.exercise,
  };
}

export function legView(leg: KnownLeg, exercise: boolean): LegView {
  const { facts, status, since, openedAt, sequence } = leg;
  return {
    ...namedFacts(facts),
    office: facts.office,
    reporterRef: facts.reporterRef,
    status,
    since,
    openedAt,
    sequence,
    ...(leg.status === 'returned' ? { returnReason: leg.reason, suggestedOffice: leg.suggestedOffice } : {}),
    ...(leg.status === 'resolved'
      ? { outcome: leg.outcome, detailCode: leg.detailCode, evidenceRef: leg.evidenceRef }
      : {}),
    exercise,
  };
}

/** The facts with the names of their codes. */
function namedFacts(facts: Readonly<OfferedCase>) {
  return { ...pickDeclared(ListedFacts, facts), needs: facts.needs.map(needView), ...areaNames(facts) };
}

/** A code that this version does not know is shown as it is: no case may be hidden over it. */
function needView(code: string): NeedView {
  const need = needOf(code);
  return { code, nameVi: need?.nameVi ?? code, nameEn: need?.nameEn ?? code };
}

/** The names that the codes had in the version they are of. */
function areaNames({ unitsVersion, districtCode, wardCode }: Readonly<OfferedCase>) {
  const version = UNIT_VERSIONS.find((each) => each === unitsVersion);
  const nameOf = (code: string | undefined) =>
    version === undefined || code === undefined ? undefined : unitsOf(version).unit(code)?.name;
  return { districtName: nameOf(districtCode), wardName: nameOf(wardCode) };
}

function instant(at: Date | string): string {
  return new Date(at).toISOString();
}
