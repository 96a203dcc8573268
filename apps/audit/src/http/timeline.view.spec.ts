import { newId, sequenceText, type Envelope } from '@tiepsuc/contracts';
import type { HistoryRow } from '../store/history.row.js';
import type { Entry } from '../timeline/entry.js';
import { entryView } from './timeline.view.js';

function lookIntoTheVault(data: object): Entry {
  const time = '2021-07-22T11:11:40.500Z';
  const envelope = {
    id: newId(),
    source: '/tiepsuc/intake',
    type: 'relief.access.decided.v1',
    subject: newId(),
    sequence: sequenceText(1),
    time,
    correlationid: newId(),
    actor: 'office:q7:officer-03',
    data: { office: 'q7', purpose: 'handle-case', role: 'officer', ...data },
  } as Envelope;
  const row = { topic: 'relief.access.v1', partition: 0, offset: '0', recordHash: Buffer.alloc(32) } as HistoryRow;
  return { row, envelope, sequence: 1, stream: `${envelope.source} ${envelope.subject}`, time };
}

describe('an entry of a timeline', () => {
  it('tells a look into the vault from one that was refused', () => {
    const [granted, refused] = (['granted', 'refused'] as const).map((decision) =>
      entryView(lookIntoTheVault({ decision })),
    );
    expect(granted).toMatchObject({ office: 'q7', title: { en: 'Personal details were read' } });
    expect(refused).toMatchObject({ office: 'q7', title: { en: 'Personal details were asked for and refused' } });
    expect(refused?.title.vi).toContain('bị từ chối');
  });
});
