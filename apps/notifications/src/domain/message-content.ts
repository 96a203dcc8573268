import { OUTCOMES, type Language, type Outcome, type Template } from '@tiepsuc/contracts';
import { OFFICES } from '@tiepsuc/city';

/** What a text is made of: codes only, so that no text can name a person. */
export interface MessageContent {
  readonly template: Template;
  readonly language: Language;
  readonly trackingCode: string;
  readonly office?: string;
  readonly outcome?: string;
  /** A drill says so in its first word. */
  readonly exercise: boolean;
  /** When it was to be told. */
  readonly queuedAt: string;
}

type Words = Readonly<Record<Language, string>>;

const OUTCOME_NAMES: Readonly<Record<Outcome, Words>> = {
  delivered: { vi: 'đã hỗ trợ xong', en: 'help was delivered' },
  'partially-delivered': { vi: 'đã hỗ trợ một phần', en: 'part of the help was delivered' },
  'entitlement-paid': { vi: 'đã chi trả trợ cấp', en: 'the support due was paid' },
  ineligible: { vi: 'không thuộc diện hỗ trợ', en: 'not covered by this support' },
  referred: { vi: 'đã chuyển nơi phù hợp hơn', en: 'referred to another service' },
  unreachable: { vi: 'chưa liên lạc được với bạn', en: 'you could not be reached' },
  withdrawn: { vi: 'đã rút theo ý người báo', en: 'withdrawn as you asked' },
  'already-served': { vi: 'đã được nơi khác hỗ trợ', en: 'already helped by others' },
  'emergency-transferred': { vi: 'đã chuyển cấp cứu', en: 'handed to emergency services' },
};
const SOME_OUTCOME: Words = { vi: 'đã kết thúc', en: 'the work has ended' };
const SOME_OFFICE: Words = { vi: 'Đơn vị phụ trách', en: 'The office in charge' };

/** What citizens call the office; a code that no catalogue has becomes words that are true of every office. */
export function officeName(code: string | undefined, language: Language): string {
  const office = code === undefined ? undefined : OFFICES.office(code);
  if (!office) return SOME_OFFICE[language];
  return language === 'vi' ? office.nameVi : office.nameEn;
}

export function outcomeName(code: string | undefined, language: Language): string {
  const known = OUTCOMES.find((outcome) => outcome === code);
  return (known === undefined ? SOME_OUTCOME : OUTCOME_NAMES[known])[language];
}
