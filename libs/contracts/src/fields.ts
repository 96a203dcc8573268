/** The few kinds of fields that events are made of: identifiers, codes, instants and counts; no free text, no names. */
import { applyAll } from './decorators.js';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

export const ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const CODE_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const INSTANT_PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

interface FieldOptions {
  readonly optional?: boolean;
}

const optionally = (options: FieldOptions | undefined) => (options?.optional ? [IsOptional()] : []);

/** A UUID in lower case. */
export const Id = (options?: FieldOptions) => applyAll(Matches(ID_PATTERN), ...optionally(options));

/** A code: up to 64 letters, digits, dots, dashes and underscores. It names an entry of a catalogue, never a person. */
export const Code = (options?: FieldOptions) => applyAll(Matches(CODE_PATTERN), ...optionally(options));

/** Up to `most` codes, at least one. */
export const Codes = (most: number, options?: FieldOptions) =>
  applyAll(
    IsArray(),
    ArrayMinSize(options?.optional ? 0 : 1),
    ArrayMaxSize(most),
    Matches(CODE_PATTERN, { each: true }),
    ...optionally(options),
  );

/** A moment in UTC with milliseconds, `2021-07-22T11:00:00.000Z`. */
export const Instant = (options?: FieldOptions) => applyAll(Matches(INSTANT_PATTERN), ...optionally(options));

/** One of a closed list. */
export const OneOf = (values: readonly string[], options?: FieldOptions) =>
  applyAll(IsIn([...values]), ...optionally(options));

/** A whole number from `least` to `most`. */
export const Count = (least: number, most: number, options?: FieldOptions) =>
  // IsInt is last because the JSON Schema's `type` is that of the last declaration, and Min and Max say `number`.
  applyAll(Min(least), Max(most), IsInt(), ...optionally(options));
