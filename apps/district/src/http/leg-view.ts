import { OUTCOMES, RETURN_REASONS, URGENCIES } from '@tiepsuc/contracts';
import { needOf, UNIT_VERSIONS, unitsOf } from '@tiepsuc/city';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { LEG_STATUSES, type KnownLeg } from '../domain/leg.js';
import type { LegRow } from '../store/leg.row.js';

export class NeedView {
  @IsString() code!: string;
  @IsString() nameVi!: string;
  @IsString() nameEn!: string;
}

/** A leg in a list. */
export class LegListItem {
  @IsString() legId!: string;
  @IsString() caseId!: string;
  @IsString() requestId!: string;
  @IsString() trackingCode!: string;
  @IsIn(LEG_STATUSES) status!: string;
  /** When it came into this status. */
  @IsString() since!: string;
  /** Send it as `If-Match: "<sequence>"`. */
  @IsInt() sequence!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => NeedView) needs!: NeedView[];
  @IsIn(URGENCIES) urgency!: string;
  @IsOptional() @IsString() districtCode?: string;
  @IsOptional() @IsString() districtName?: string;
  @IsOptional() @IsString() wardCode?: string;
  @IsOptional() @IsString() wardName?: string;
  /** Ask intake's vault who it is and where; each look leaves an event. */
  @IsString() beneficiaryRef!: string;
  @IsOptional() @IsInt() householdSize?: number;
  /** How many offices had the case before. */
  @IsInt() hop!: number;
  /** When the citizen asked: clocks start here. */
  @IsString() occurredAt!: string;
  @IsString() openedAt!: string;
  @IsOptional() @IsIn(OUTCOMES) outcome?: string;
  /** A drill: nobody needs help, and it is in no figure. Say so wherever it is shown. */
  @IsBoolean() exercise!: boolean;
}

/** A leg by itself. */
export class LegView extends LegListItem {
  @IsString() office!: string;
  @IsString() reporterRef!: string;
  @IsOptional() @IsString() detailCode?: string;
  @IsOptional() @IsString() evidenceRef?: string;
  @IsOptional() @IsIn(RETURN_REASONS) returnReason?: string;
  @IsOptional() @IsString() suggestedOffice?: string;
}

export function listItemOf(row: LegRow): LegListItem {
  return {
    legId: row.legId,
    caseId: row.caseId,
    requestId: row.requestId,
    trackingCode: row.trackingCode,
    status: row.status,
    since: instant(row.since),
    sequence: row.sequence,
    needs: row.needs.map(needView),
    urgency: row.urgency,
    ...areaOf(row.unitsVersion, row.districtCode ?? undefined, row.wardCode ?? undefined),
    beneficiaryRef: row.beneficiaryRef,
    householdSize: row.householdSize ?? undefined,
    hop: row.hop,
    occurredAt: instant(row.occurredAt),
    openedAt: instant(row.openedAt),
    outcome: row.outcome ?? undefined,
    exercise: row.exercise,
  };
}

export function legView(leg: KnownLeg, exercise: boolean): LegView {
  const { facts, status, since, openedAt, sequence } = leg;
  const { needs, districtCode, wardCode, unitsVersion, notifyBy: _notifyBy, language: _language, ...shown } = facts;
  return {
    ...shown,
    status,
    since,
    openedAt,
    sequence,
    needs: needs.map(needView),
    ...areaOf(unitsVersion, districtCode, wardCode),
    ...(leg.status === 'returned' ? { returnReason: leg.reason, suggestedOffice: leg.suggestedOffice } : {}),
    ...(leg.status === 'resolved'
      ? { outcome: leg.outcome, detailCode: leg.detailCode, evidenceRef: leg.evidenceRef }
      : {}),
    exercise,
  };
}

/** A code that this version does not know is shown as it is: no case may be hidden over it. */
function needView(code: string): NeedView {
  const need = needOf(code);
  return { code, nameVi: need?.nameVi ?? code, nameEn: need?.nameEn ?? code };
}

/** The names that the codes had in the version they are of. */
function areaOf(unitsVersion: string, districtCode: string | undefined, wardCode: string | undefined) {
  const version = UNIT_VERSIONS.find((each) => each === unitsVersion);
  const nameOf = (code: string | undefined) =>
    version === undefined || code === undefined ? undefined : unitsOf(version).unit(code)?.name;
  return { districtCode, districtName: nameOf(districtCode), wardCode, wardName: nameOf(wardCode) };
}

function instant(at: Date | string): string {
  return new Date(at).toISOString();
}
