import { officeCasesTopic, officeInboxTopic, topicNamed } from '@tiepsuc/contracts';
import { HOTLINE_OPENED_ON, OFFICES, type OfficeCatalogue } from '@tiepsuc/city';
import { CliError } from '../cli-error.js';
import { columns } from '../columns.js';
import type { Command } from '../command.js';
import { Options } from '../options.js';

export const offices: Command = {
  name: 'offices',
  usage: ['offices [--as-of 2021-07-22] [--json]'],
  meaning: 'The offices that handle cases, as they were on a day.',
  async run(args, { print }) {
    const options = Options.read(args, { 'as-of': 'text', json: 'flag' });
    const catalogue = catalogueOf(options.text('as-of') ?? HOTLINE_OPENED_ON);
    const listed = catalogue.offices.map((office) => ({
      ...office,
      inbox: topicNamed(officeInboxTopic, { office: office.code }).name,
      cases: topicNamed(officeCasesTopic, { office: office.code }).name,
    }));
    if (options.has('json')) print(JSON.stringify({ version: catalogue.version, offices: listed }, undefined, 2));
    else {
      const rows = listed.map(({ code, kind, nameVi, nameEn, needs }) => [code, kind, nameVi, nameEn, needs.join(' ')]);
      columns([['code', 'kind', 'tên', 'name', 'needs'], ...rows]).forEach(print);
    }
    return 0;
  },
};

function catalogueOf(day: string): OfficeCatalogue {
  try {
    return OFFICES.asOf(day);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CliError('--as-of must be a day, YYYY-MM-DD, for which a list of offices is known.', 2, { cause: error });
  }
}
