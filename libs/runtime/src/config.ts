import { validateSync } from 'class-validator';

const SETTINGS = Symbol('settings');

/** What one setting is: the environment variable it comes from and what a reader of the README needs to know. */
export interface SettingOptions {
  readonly env: string;
  /** One phrase, in words an operator understands; it completes "X is missing: set it to …". */
  readonly meaning: string;
  /** What applies when the variable is absent, as the variable would say it. Never for what differs between environments. */
  readonly fallback?: string;
  /** Its value never appears in a message, a log or a document. */
  readonly secret?: boolean;
  /** How the text is read, where the property's type does not say it. */
  readonly as?: SettingKind;
  /** Absent is fine although there is no fallback. */
  readonly optional?: boolean;
}

export type SettingKind = 'text' | 'number' | 'boolean' | 'list';

/** A line of a service's table of settings. */
export interface SettingLine {
  readonly env: string;
  readonly meaning: string;
  readonly fallback: string | undefined;
  readonly secret: boolean;
  readonly required: boolean;
}

export type ConfigClass<Config extends object> = new () => Config;
export type Environment = Readonly<Record<string, string | undefined>>;

interface Declared extends SettingOptions {
  readonly property: string;
  readonly kind: SettingKind;
}

/** The start stops here: one sentence per missing or wrong value. */
export class ConfigError extends Error {
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'ConfigError';
  }
}

/** Says which environment variable fills the property. Rules on the value are class-validator's decorators. */
export function Setting(options: SettingOptions): PropertyDecorator {
  return (target, property) => {
    const kind = options.as ?? kindOf(Reflect.getMetadata('design:type', target, property));
    const own: Declared[] = Reflect.getOwnMetadata(SETTINGS, target) ?? [];
    Reflect.defineMetadata(SETTINGS, [...own, { ...options, property: String(property), kind }], target);
  };
}

/**
 * Reads a service's settings once, at the start.
 * @returns the frozen, validated instance
 * @throws ConfigError naming every variable that is missing or wrong, with what to do; never a value
 */
export function readConfig<Config extends object>(Class: ConfigClass<Config>, env: Environment): Config {
  const config = new Class();
  const sentences: string[] = [];
  for (const setting of declaredBy(Class)) {
    const text = env[setting.env]?.trim() || setting.fallback;
    if (text === undefined) {
      if (!setting.optional) sentences.push(`${setting.env} is missing: set it to ${setting.meaning}.`);
      continue;
    }
    const value = READERS[setting.kind](text);
    if (value === undefined) sentences.push(`${setting.env} must be ${EXPECTED[setting.kind]}: ${setting.meaning}.`);
    else Object.assign(config, { [setting.property]: value });
  }
  if (sentences.length === 0) sentences.push(...brokenRules(config, declaredBy(Class)));
  if (sentences.length > 0) throw new ConfigError(sentences);
  return Object.freeze(config);
}

/** The table of settings for a README or for checking a compose file, in the order of declaration, inherited first. */
export function settingsOf<Config extends object>(Class: ConfigClass<Config>): SettingLine[] {
  return declaredBy(Class).map(({ env, meaning, fallback, secret = false, optional = false }) => ({
    env,
    meaning,
    fallback: secret ? undefined : fallback,
    secret,
    required: fallback === undefined && !optional,
  }));
}

const READERS: Record<SettingKind, (text: string) => unknown> = {
  text: (text) => text,
  number: (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined),
  boolean: (text) => ({ true: true, false: false })[text.toLowerCase()],
  list: (text) =>
    Object.freeze(
      text
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    ),
};

const EXPECTED: Record<SettingKind, string> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list separated by commas',
};

function kindOf(type: unknown): SettingKind {
  if (type === Number) return 'number';
  if (type === Boolean) return 'boolean';
  return type === Array ? 'list' : 'text';
}

/** A class that declares a variable again replaces what it inherited. */
function declaredBy(Class: ConfigClass<object>): readonly Declared[] {
  const byProperty = new Map<string, Declared>();
  for (const prototype of ancestry(Class.prototype).reverse()) {
    const own: readonly Declared[] = Reflect.getOwnMetadata(SETTINGS, prototype) ?? [];
    for (const setting of own) byProperty.set(setting.property, setting);
  }
  return [...byProperty.values()];
}

function ancestry(prototype: object): object[] {
  const found: object[] = [];
  for (let one: object | null = prototype; one && one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    found.push(one);
  }
  return found;
}

/** Rules written with a custom message may quote the value, so a secret's rules are never quoted. */
function brokenRules(config: object, settings: readonly Declared[]): string[] {
  const broken = validateSync(config, { forbidUnknownValues: false, validationError: { target: false, value: false } });
  return broken.map(({ property, constraints = {} }) => {
    const setting = settings.find((one) => one.property === property);
    if (!setting) return `${property} is not valid.`;
    if (setting.secret) return `${setting.env} is not valid: set it to ${setting.meaning}.`;
    const rules = Object.values(constraints).map((rule) => rule.replaceAll(property, setting.env));
    return `${rules.join(' and ')}: set it to ${setting.meaning}.`;
  });
}
