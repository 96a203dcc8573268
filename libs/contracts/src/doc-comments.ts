import { readdirSync, readFileSync } from 'node:fs';

const OWNER = /^(?:export )?(?:default )?(?:abstract )?(?:class|interface|type|enum|const|function) (\w+)/gm;
const COMMENT = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\//g;
const CLASS_AHEAD = /^(?:export )?(?:abstract )?class (\w+)/;
const MEMBER_AHEAD = /^(?:(?:public|protected|private|static|readonly|async) )*(\w+)[!?]?[:(]/;

export interface DocComment {
  /** One line, without its tags. */
  readonly text: string;
  /** What stands after `@example`, a JSON value. */
  readonly example?: string;
}

type AnyClass = abstract new (...args: never[]) => unknown;

/**
 * The doc comments of classes, fields and methods, for the generated documents: a comment is the one place where a
 * field is explained. Reads the sources, so it works in the repository only.
 */
export class DocComments {
  private readonly found = new Map<string, DocComment>();

  /**
   * @param folders of the sources to read, with everything below them
   * @param shared asked about what is not found there
   */
  constructor(
    folders: readonly URL[],
    private readonly shared?: DocComments,
  ) {
    for (const folder of folders) for (const source of sourcesIn(folder)) this.read(source);
  }

  /** The comment of a class, or of its method or field, also where that is inherited. */
  of(declared: AnyClass, member?: string): DocComment | undefined {
    if (!member) return this.found.get(declared.name) ?? this.shared?.of(declared);
    for (let at: unknown = declared; typeof at === 'function' && at.name !== ''; at = Object.getPrototypeOf(at)) {
      const own = this.found.get(`${at.name}.${member}`);
      if (own) return own;
    }
    return this.shared?.of(declared, member);
  }

  /**
   * What a field means: its own comment, or what the declared fields of the same name mean, if they all say the same.
   */
  ofField(declared: AnyClass, field: string): DocComment | undefined {
    return this.of(declared, field) ?? this.namesake(field);
  }

  private namesake(member: string): DocComment | undefined {
    const named = [...this.found].filter(([name]) => name.endsWith(`.${member}`)).map(([, comment]) => comment);
    const isOne = new Set(named.map(({ text }) => text)).size === 1;
    return isOne ? named[0] : this.shared?.namesake(member);
  }

  private read(source: string): void {
    const owners = [...source.matchAll(OWNER)];
    for (const { index, 0: whole, 1: inside = '' } of source.matchAll(COMMENT)) {
      const behind = source.slice(index + whole.length).trimStart();
      const ahead = withoutDecorators(behind);
      const declared = CLASS_AHEAD.exec(ahead)?.[1];
      // Fields of interfaces mean something else than what is sent under the same name.
      const member = !declared && ahead !== behind ? MEMBER_AHEAD.exec(ahead)?.[1] : undefined;
      const owner = declared ?? owners.findLast((one) => one.index < index)?.[1];
      if (owner && (declared || member)) this.found.set(member ? `${owner}.${member}` : owner, commentOf(inside));
    }
  }
}

function sourcesIn(folder: URL): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`, 'utf8'))
    .sort();
}

/** What is declared after the decorators. */
function withoutDecorators(source: string): string {
  let rest = source;
  for (let name = /^@\w+/.exec(rest)?.[0]; name; name = /^@\w+/.exec(rest)?.[0]) {
    rest = rest.slice(name.length);
    rest = rest.slice(rest.startsWith('(') ? lengthOfBrackets(rest) : 0).trimStart();
  }
  return rest;
}

function lengthOfBrackets(source: string): number {
  let open = 0;
  for (let at = 0; at < source.length; at++) {
    if (source[at] === '(') open++;
    if (source[at] === ')' && --open === 0) return at + 1;
  }
  return source.length;
}

function commentOf(inside: string): DocComment {
  const lines = inside.split('\n').map((line) => line.replace(/^\s*\*?\s*/, '').trim());
  const [text = '', ...tags] = lines.filter((line) => line !== '').join(' ').split(/(?:^|\s)@(?=(?:example|throws|param|returns)\b)/); // prettier-ignore
  const example = tags.find((tag) => tag.startsWith('example '))?.slice('example '.length);
  return example ? { text, example } : { text };
}
