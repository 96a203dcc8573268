/** What kind of office handles cases; the names of the kinds are part of topics and must not change. */
export type OfficeKind = 'district' | 'department' | 'expert-panel';

/** What has to be done about a need. An `entitlement-check` ends in an answer, not in a delivery. */
export type HandlingKind = 'delivery' | 'consultation' | 'emergency' | 'entitlement-check' | 'visit' | 'judgement';

/** Codes of needs travel in events: add codes, never rename one. */
export type NeedCode =
  | 'food'
  | 'necessities'
  | 'medicine'
  | 'medical-consultation'
  | 'emergency'
  | 'entitlement'
  | 'lonely-elderly'
  | 'homeless-child'
  | 'travel'
  | 'other';

export interface Need {
  readonly code: NeedCode;
  readonly nameVi: string;
  readonly nameEn: string;
  readonly handling: HandlingKind;
  /** The kind of office that handles it unless a routing rule says otherwise. */
  readonly handledBy: OfficeKind;
}

/**
 * Our own short list, after the classes of the hotline's branch for people in hardship (necessities; support that
 * is due but has not come; others, such as elderly people alone or homeless children) and of its health branch.
 */
export const NEEDS: readonly Need[] = [
  {
    code: 'food',
    nameVi: 'Lương thực, thực phẩm',
    nameEn: 'Food',
    handling: 'delivery',
    handledBy: 'district',
  },
  {
    code: 'necessities',
    nameVi: 'Nhu yếu phẩm khác',
    nameEn: 'Other daily necessities',
    handling: 'delivery',
    handledBy: 'district',
  },
  {
    code: 'medicine',
    nameVi: 'Thuốc men',
    nameEn: 'Medicine',
    handling: 'delivery',
    handledBy: 'district',
  },
  {
    code: 'medical-consultation',
    nameVi: 'Tư vấn sức khỏe',
    nameEn: 'Health consultation',
    handling: 'consultation',
    handledBy: 'expert-panel',
  },
  {
    code: 'emergency',
    nameVi: 'Cấp cứu',
    nameEn: 'Medical emergency',
    handling: 'emergency',
    handledBy: 'department',
  },
  {
    code: 'entitlement',
    nameVi: 'Thuộc diện hỗ trợ nhưng chưa được nhận',
    nameEn: 'Entitled to support but not yet received',
    handling: 'entitlement-check',
    handledBy: 'department',
  },
  {
    code: 'lonely-elderly',
    nameVi: 'Người già neo đơn',
    nameEn: 'Elderly person living alone',
    handling: 'visit',
    handledBy: 'district',
  },
  {
    code: 'homeless-child',
    nameVi: 'Trẻ em lang thang, cơ nhỡ',
    nameEn: 'Homeless child',
    handling: 'visit',
    handledBy: 'district',
  },
  {
    code: 'travel',
    nameVi: 'Đi lại, về quê',
    nameEn: 'Travel and return home',
    handling: 'judgement',
    handledBy: 'district',
  },
  {
    code: 'other',
    nameVi: 'Hoàn cảnh khó khăn khác',
    nameEn: 'Other hardship',
    handling: 'judgement',
    handledBy: 'district',
  },
];

const byCode = new Map<string, Need>(NEEDS.map((need) => [need.code, need]));

/** The need of that code; undefined when there is none. */
export function needOf(code: string): Need | undefined {
  return byCode.get(code);
}
