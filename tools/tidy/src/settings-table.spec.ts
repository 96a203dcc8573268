import { withSettingsTable, wrongSettingsTable } from './settings-table.js';

const settings = [
  { env: 'DATABASE_URL', meaning: 'the database', fallback: undefined, secret: true, required: true },
  { env: 'LEASE_MS', meaning: 'how long a lease lasts', fallback: '5000', secret: false, required: false },
];
const readme = (text: string) => ({ path: 'apps/intake/README.md', text });

describe('the table of settings', () => {
  it('is added to a README that has none', () => {
    const written = withSettingsTable('# Intake\n', settings);
    expect(written).toContain('| `DATABASE_URL` | the database           | does not start (secret) |');
    expect(written).toContain('| `LEASE_MS`     | how long a lease lasts | `5000`                  |');
  });

  it('is replaced where it stands', () => {
    const written = `${withSettingsTable('# Intake\n', settings)}\n## More\n`;
    expect(withSettingsTable(written, settings)).toBe(written);
    expect(withSettingsTable(written, settings.slice(0, 1))).not.toContain('LEASE_MS');
    expect(withSettingsTable(written, settings.slice(0, 1))).toContain('## More');
  });

  it('is wrong when it is old', () => {
    const written = readme(withSettingsTable('# Intake\n', settings));
    expect(wrongSettingsTable(written, 'apps/intake', settings)).toEqual([]);
    expect(wrongSettingsTable(written, 'apps/intake', settings.slice(0, 1))).toEqual([
      expect.stringContaining('is old'),
    ]);
  });

  it('must exist', () => {
    expect(wrongSettingsTable(undefined, 'apps/intake', settings)).toEqual([expect.stringContaining('missing')]);
  });
});
