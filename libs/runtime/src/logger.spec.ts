import { createLogger, FrameworkLogger } from './logger.js';

const logging = (level: 'info' | 'debug' = 'info') => {
  const lines: string[] = [];
  const logger = createLogger({ service: 'intake', level, destination: { write: (line) => void lines.push(line) } });
  return { logger, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown>, lines };
};

describe('the logger', () => {
  it('writes constant messages and ids', () => {
    const { logger, last } = logging();
    logger.info({ caseId: 'c-1' }, 'case routed');
    expect(last()).toMatchObject({
      level: 'info',
      service: 'intake',
      msg: 'case routed',
      caseId: 'c-1',
    });
    expect(last()['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('withholds fields that should never have come', () => {
    const { logger, lines } = logging();
    logger.info(
      { phone: '0912345678', request: { body: 'x0912345678' }, a: { b: { name: 'y0912345678' } } },
      'mistake',
    );
    expect(lines.join()).not.toContain('0912345678');
    expect(lines.join()).toContain('[withheld]');
  });

  it('takes what the framework says as detail and its errors as errors', () => {
    const { logger, last, lines } = logging();
    const framework = new FrameworkLogger(logger);
    framework.log('Mapped {/cases, GET} route', 'RouterExplorer');
    expect(lines).toEqual([]);
    framework.error('failed for 0912345678', 'Error: 0912345678\n  at x', 'ExceptionsHandler');
    expect(last()).toMatchObject({ level: 'error', from: 'ExceptionsHandler', saying: 'failed for [number]' });
    framework.warn(new Error('odd'), 'Injector');
    expect(last()).toMatchObject({ level: 'warn', err: { message: 'odd' } });
  });
});
