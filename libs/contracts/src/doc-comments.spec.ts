import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DocComments } from './doc-comments.js';

const SOURCE = `
/** A case. */
@Labelled('a (case)')
export class Case {
  /** Its number,
   *  from 1. @example 7 */
  @Min(1) @Matches(/^(a|b)$/, { each: true })
  readonly number!: number;
  /** Whose it is. */
  @IsString() office?: string;
  /** Only here. */
  unsent = 1;
  /** Takes it. @throws Error when it is taken */
  @Post() async take(@Body() body: object): Promise<void> {}
}

interface Elsewhere {
  /** Something else. */
  office: string;
}
`;

class Case {}
class Kept extends Case {}
class Other {}

describe('doc comments', () => {
  let folder: string;
  let comments: DocComments;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'comments-'));
    writeFileSync(join(folder, 'case.ts'), SOURCE);
    writeFileSync(join(folder, 'case.spec.ts'), SOURCE.replaceAll('Whose', 'Not whose'));
    comments = new DocComments([pathToFileURL(`${folder}/`)]);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('say what classes, fields and methods are, on one line and without tags', () => {
    expect(comments.of(Case)).toEqual({ text: 'A case.' });
    expect(comments.of(Case, 'number')).toEqual({ text: 'Its number, from 1.', example: '7' });
    expect(comments.of(Case, 'take')).toEqual({ text: 'Takes it.' });
    expect(comments.of(Case, 'unsent')).toBeUndefined();
  });

  it('are inherited, and told of fields of the same name where these agree', () => {
    expect(comments.of(Kept, 'office')?.text).toBe('Whose it is.');
    expect(comments.of(Other, 'office')).toBeUndefined();
    expect(comments.ofField(Other, 'office')?.text).toBe('Whose it is.');
    writeFileSync(join(folder, 'other.ts'), 'class Third {\n  /** Else. */\n  @IsString() office!: string;\n}\n');
    expect(new DocComments([pathToFileURL(`${folder}/`)]).ofField(Other, 'office')).toBeUndefined();
  });

  it('of a service come before those that all share', () => {
    const own = new DocComments([], comments);
    expect(own.of(Case)?.text).toBe('A case.');
    expect(own.ofField(Other, 'office')?.text).toBe('Whose it is.');
  });
});
