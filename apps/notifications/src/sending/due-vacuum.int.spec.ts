import { newId } from '@tiepsuc/contracts';
import { Journal } from '@tiepsuc/journal';
import { eventually } from '@tiepsuc/retry';
import { decideQueue } from '../domain/queue-notification.js';
import { notificationsUnderTest } from '../notifications-under-test.fixture.js';
import { notifications } from '../store/notifications.js';

const TOGETHER = 700;

describe('a service that has sent thousands of messages', () => {
  it('vacuums what was due beside the sending, and goes on', async () => {
    const it_ = await notificationsUnderTest({ DELIVERY: 'mailbox' });
    const queue = async (count: number): Promise<void> => {
      const journal = it_.service.app.get(Journal);
      const one = (key: string) => {
        const contact = {
          reporterRef: newId(),
          notifyBy: 'sms',
          language: 'vi',
          trackingCode: '7KXM-2PA-94T',
        } as const;
        const news = {
          notificationId: key,
          template: 'request-received',
          source: { ...contact, caseId: newId() },
        } as const;
        const decide = (state: Parameters<typeof decideQueue>[0]) => decideQueue(state, news);
        return journal.change(notifications, { key, context: { actor: 'system:test' }, decide });
      };
      await Promise.all(Array.from({ length: count }, () => one(newId())));
    };
    const sent = async (): Promise<number> =>
      (await it_.sql<{ n: number }>("SELECT count(*)::int AS n FROM delivery WHERE status = 'sent'"))[0]!.n;
    const vacuumed = async (): Promise<number> => {
      const text = "SELECT vacuum_count::int AS n FROM pg_stat_user_tables WHERE relname = 'due_work'";
      return (await it_.sql<{ n: number }>(text))[0]?.n ?? 0;
    };
    try {
      for (let round = 1; round <= 3; round++) {
        await queue(TOGETHER);
        await eventually(async () => (await sent()) === round * TOGETHER);
        if (round < 3) expect(await vacuumed()).toBe(0);
      }
      await eventually(async () => (await vacuumed()) === 1);
      await queue(1);
      await eventually(async () => (await sent()) === 3 * TOGETHER + 1);
      expect(await it_.sql('SELECT 1 FROM due_work')).toEqual([]);
      expect(it_.lines.filter((line) => /"level":"(warn|error)"/.test(line))).toEqual([]);
    } finally {
      await it_.close();
    }
  });
});
