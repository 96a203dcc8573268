import type { LocalizedText } from '@tiepsuc/contracts';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';

export type Tongue = keyof LocalizedText;

/** One thing that is wrong with a body or a query. */
export interface FieldError {
  /** Where, in the form `household.members[2].age`. */
  readonly field: string;
  readonly message: LocalizedText;
  readonly remedy: LocalizedText;
}

export interface ProblemOptions {
  readonly status: number;
  /** Kebab-case, never changed once published: programs decide by it. */
  readonly code: string;
  /** Taken from the status unless given. */
  readonly title?: LocalizedText;
  readonly detail?: LocalizedText;
  readonly field?: string;
  readonly remedy?: LocalizedText;
  /** Becomes the header `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly errors?: readonly FieldError[];
  /** Becomes the header `WWW-Authenticate` of a 401 or 403. */
  readonly challenge?: string;
  readonly cause?: unknown;
}

/**
 * Throw it to answer a request with `application/problem+json` (RFC 9457). Nothing in it may repeat what the
 * caller sent: it names fields, never values.
 */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(readonly options: ProblemOptions) {
    super(options.code, { cause: options.cause });
    this.name = 'Problem';
    this.status = options.status;
    this.code = options.code;
  }
}

/** One entry of `errors`. */
export class ProblemField {
  /** Where, in the form `household.members[2].age`. */
  @IsString() field!: string;
  /** What is wrong with it. */
  @IsString() message!: string;
  /** What to do about it. */
  @IsString() remedy!: string;
}

/** What is sent. Members beyond RFC 9457: code, field, remedy, errors, errorId. */
export class ProblemDocument {
  /** `urn:tiepsuc:problem:` and the code. */
  @IsString() type!: string;
  /** What kind of problem it is, in the language asked for. */
  @IsString() title!: string;
  /** The HTTP status. */
  @IsInt() status!: number;
  /** What programs decide by; it never changes. */
  @IsString() code!: string;
  /** What happened this time. */
  @IsOptional() @IsString() detail?: string;
  /** Names the request, so that a person can quote it. */
  @IsOptional() @IsString() instance?: string;
  /** The field, header or parameter that it is about. */
  @IsOptional() @IsString() field?: string;
  /** What to do about it. */
  @IsOptional() @IsString() remedy?: string;
  /** Everything that is wrong with a body or a query, at most 20. */
  @IsOptional() @ValidateNested({ each: true }) @Type(() => ProblemField) errors?: ProblemField[];
  /** What to give to the platform team; only where the failure is ours. */
  @IsOptional() @IsUUID() errorId?: string;
}

/** The document of a problem in one language. `instance` names the request, so that a person can quote it. */
export function problemDocument(options: ProblemOptions, tongue: Tongue, instance?: string): ProblemDocument {
  const { status, code, detail, field, remedy, errors } = options;
  return {
    type: `urn:tiepsuc:problem:${code}`,
    title: (options.title ?? titleOf(status))[tongue],
    status,
    code,
    ...(detail ? { detail: detail[tongue] } : {}),
    ...(instance ? { instance: `urn:uuid:${instance}` } : {}),
    ...(field ? { field } : {}),
    ...(remedy ? { remedy: remedy[tongue] } : {}),
    ...(errors
      ? {
          errors: errors.map((one) => ({ field: one.field, message: one.message[tongue], remedy: one.remedy[tongue] })),
        }
      : {}),
  };
}

/** English only for those who prefer it to Vietnamese in `Accept-Language`. */
export function preferredLanguage(acceptLanguage: string | undefined): Tongue {
  if (!acceptLanguage) return 'vi';
  const wishes = acceptLanguage.slice(0, ACCEPT_LANGUAGE_MAX_CHARS).toLowerCase().split(',').map(wish);
  const best = (tongue: Tongue) =>
    Math.max(
      0,
      ...wishes.filter(({ tag }) => tag === tongue || tag.startsWith(`${tongue}-`)).map(({ weight }) => weight),
    );
  return best('en') > best('vi') ? 'en' : 'vi';
}

const ACCEPT_LANGUAGE_MAX_CHARS = 200;

function wish(text: string): { tag: string; weight: number } {
  const [tag = '', ...parameters] = text.split(';').map((part) => part.trim());
  const quality = parameters.find((one) => one.startsWith('q='));
  const weight = quality ? Number(quality.slice(2)) : 1;
  return { tag, weight: Number.isFinite(weight) ? weight : 0 };
}

const TITLES: Readonly<Record<number, LocalizedText>> = {
  400: { vi: 'Không đọc được yêu cầu', en: 'The request cannot be read' },
  401: { vi: 'Cần đăng nhập', en: 'Sign-in is needed' },
  403: { vi: 'Không có quyền', en: 'Not allowed' },
  404: { vi: 'Không tìm thấy', en: 'Not found' },
  405: { vi: 'Không dùng được cách gọi này', en: 'The method is not allowed' },
  406: { vi: 'Không có dạng trả lời này', en: 'No answer in the form asked for' },
  408: { vi: 'Yêu cầu đến quá chậm', en: 'The request took too long to arrive' },
  409: { vi: 'Trái với tình trạng hiện tại', en: 'It conflicts with how things stand' },
  412: { vi: 'Đã có thay đổi từ lần đọc trước', en: 'It has changed since it was read' },
  413: { vi: 'Nội dung gửi quá lớn', en: 'The body is too large' },
  414: { vi: 'Địa chỉ quá dài', en: 'The address is too long' },
  415: { vi: 'Không đọc được dạng nội dung này', en: 'The media type is not supported' },
  422: { vi: 'Nội dung gửi chưa đúng', en: 'The content is not valid' },
  429: { vi: 'Gửi quá nhiều lần', en: 'Too many requests' },
  500: { vi: 'Hệ thống gặp lỗi', en: 'Something went wrong here' },
  501: { vi: 'Chưa hỗ trợ', en: 'Not supported' },
  503: { vi: 'Tạm thời chưa phục vụ được', en: 'Not available for the moment' },
  504: { vi: 'Hệ thống trả lời quá chậm', en: 'The answer took too long' },
};

function titleOf(status: number): LocalizedText {
  return TITLES[status] ?? (status < 500 ? TITLES[400]! : TITLES[500]!);
}
