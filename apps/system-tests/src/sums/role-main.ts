import type { EventLog } from '@tiepsuc/event-log';
import { commandedLog, noOrders, type Orders } from './commanded-log.js';
import { SETTING_VARIABLE, type RoleSetting, type Said, type Told } from './role-setting.js';

/** One role of the sums as a process of its own. Its parent starts it, and it ends when the parent is gone. */
const setting = JSON.parse(process.env[SETTING_VARIABLE] ?? 'null') as RoleSetting;
const owner = `${setting.name}-${process.pid}`;
const orders = noOrders();
const poisoned = new Set(setting.poisoned);

function say(what: Said): void {
  process.send?.(what);
}

/** What a process was doing when it ended is seen in its file. */
function note(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${owner} ${line}\n`);
}

/** Each role loads only what it needs: a process that is killed often must be back soon. */
async function startRole(): Promise<() => Promise<void>> {
  const command = (log: EventLog) => commandedLog(log, orders, (order) => say({ say: 'done', order }));
  switch (setting.role) {
    case 'producer': {
      const { startProducer } = await import('./producer.js');
      return startProducer(setting, owner);
    }
    case 'relay': {
      const { startRelay } = await import('./relay-role.js');
      return startRelay(setting, owner, command);
    }
    case 'consumer': {
      const { startConsumer } = await import('./consumer.js');
      return startConsumer(setting, owner, { command, poisoned });
    }
  }
}

function giveOrder(order: keyof Orders, ms: number): void {
  if (order === 'crashBeforeAppend' || order === 'crashAfterAppend') orders[order] = true;
  else orders[order] = ms;
}

process.on('disconnect', () => process.exit(1));
const starting = startRole();
process.on('message', (message) => {
  const told = message as Told;
  switch (told.tell) {
    case 'order':
      return giveOrder(told.order, told.ms ?? 0);
    case 'poison':
      return void poisoned.add(told.key);
    case 'cure':
      return poisoned.clear();
    case 'stop':
      note('is asked to stop');
      void starting.then((stop) => stop()).then(() => process.exit(0));
  }
});
await starting;
note('is ready');
say({ say: 'ready' });
