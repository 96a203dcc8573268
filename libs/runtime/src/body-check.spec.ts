import { Type } from 'class-transformer';
import { IsISO8601, IsOptional, IsString, IsUUID, Matches, MaxLength, ValidateNested } from 'class-validator';
import { compileCheck } from './body-check.js';
import { schemasOf } from './body-schema.js';
import type { Problem } from './problem.js';

class Place {
  @IsOptional() @IsString() wardCode?: string;
}

class Visit extends Place {
  @IsUUID() caseId!: string;
  @IsISO8601() at!: string;
  @IsString() @MaxLength(5) note!: string;
  @IsOptional() @ValidateNested() @Type(() => Place) places?: Place[];
}

const check = compileCheck(Visit, { whole: 'body' });
const good = { caseId: '01890a5d-ac96-774b-bcce-b302099a8057', at: '2021-07-22T11:00:00.000Z', note: 'được' };

const fieldsOf = (given: unknown) => {
  try {
    check(given);
  } catch (error) {
    return (error as Problem).options.errors?.map(({ field }) => field);
  }
  return [];
};

describe('a compiled check', () => {
  it('returns what fits, as it is', () => {
    expect(check(good)).toBe(good);
    expect(check({ ...good, wardCode: '26734', places: [{ wardCode: '1' }] })).toBeTruthy();
  });

  it('names the whole where no field is at fault', () => {
    expect(fieldsOf(undefined)).toEqual(['body']);
    expect(fieldsOf([])).toEqual(['body']);
  });

  it('reports a choice that does not fit once', () => {
    expect(fieldsOf({ ...good, at: 'yesterday' })).toEqual(['at']);
  });

  it('reports at most twenty mistakes', () => {
    const places = Array.from({ length: 100 }, () => ({ wardCode: 1 }));
    expect(fieldsOf({ ...good, places })).toHaveLength(20);
    expect(fieldsOf({ ...good, places })?.[3]).toBe('places[3].wardCode');
  });

  it('does not turn numbers into texts', () => {
    expect(fieldsOf({ ...good, note: 12 })).toEqual(['note']);
  });
});

describe('schemas of classes', () => {
  it('hold inherited fields and nested classes', () => {
    const { Visit: visit, Place: place } = schemasOf([Visit]);
    expect(Object.keys(visit?.['properties'] as object).sort()).toEqual(['at', 'caseId', 'note', 'places', 'wardCode']);
    expect(place).toMatchObject({ additionalProperties: false });
  });

  it('refuse two classes of one name, fields without rules and patterns with flags', () => {
    const another = { Place: class Place { wardCode?: string } }.Place; // prettier-ignore
    IsString()(another.prototype, 'wardCode');
    expect(() => schemasOf([Visit, another])).toThrow('Two classes are named Place');
    expect(() => schemasOf([class Empty {}])).toThrow('Empty declares no fields');
    class Loud {
      @Matches(/x/i) word!: string;
    }
    expect(() => schemasOf([Loud])).toThrow('flags');
  });
});
