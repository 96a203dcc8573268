import type { RepositoryFile } from './repository.js';

/** One row of a service's table of settings. */
export interface SettingRow {
  readonly env: string;
  readonly meaning: string;
  readonly fallback: string | undefined;
  readonly secret: boolean;
  readonly required: boolean;
}

const BEGIN = '<!-- settings: written by tools/tidy, do not edit -->';
const END = '<!-- /settings -->';

/** The README with its table of settings brought up to date; a README without the two marks gets the table at its end. */
export function withSettingsTable(readme: string, settings: readonly SettingRow[]): string {
  const table = `${BEGIN}\n\n${tableOf(settings)}\n\n${END}`;
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin === -1 || end < begin) return `${readme.trimEnd()}\n\n## Settings\n\n${table}\n`;
  return readme.slice(0, begin) + table + readme.slice(end + END.length);
}

/** What every service is told: the settings that all of them have, for the root README. */
export function settingsOfAll(services: readonly (readonly SettingRow[])[]): SettingRow[] {
  const [first = [], ...others] = services;
  return first.filter(({ env }) => others.every((settings) => settings.some((one) => one.env === env)));
}

/** A service's README holds the table of the settings that its config class declares today. */
export function wrongSettingsTable(
  readme: RepositoryFile | undefined,
  folder: string,
  settings: readonly SettingRow[],
): string[] {
  if (readme === undefined) return [`${folder}/README.md is missing.`];
  if (withSettingsTable(readme.text, settings) === readme.text) return [];
  return [`${readme.path}: the table of settings is old. Run: npm run build && node tools/tidy/dist/write-settings.js`];
}

/** A Markdown table laid out as Prettier would. */
function tableOf(settings: readonly SettingRow[]): string {
  const rows = [
    ['variable', 'what it is', 'when absent'],
    ...settings.map((setting) => [`\`${setting.env}\``, setting.meaning.replaceAll('|', '\\|'), whenAbsent(setting)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => lengthOf(row[column]))));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - lengthOf(cell))).join(' | ')} |`;
  const [heading = [], ...body] = rows;
  return [line(heading), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function whenAbsent({ required, secret, fallback }: SettingRow): string {
  if (required) return secret ? 'does not start (secret)' : 'does not start';
  return fallback === undefined ? 'not used' : `\`${fallback}\``;
}

/** Letters with marks count once. */
function lengthOf(cell = ''): number {
  return [...cell.normalize('NFC')].length;
}
