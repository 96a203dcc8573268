import {
  encodeEnvelope,
  eventNamed,
  fill,
  headersOf,
  newId,
  partitionOf,
  recordHash,
  sequenceText,
  type Envelope,
} from '@tiepsuc/contracts';
import type { NewRecord } from '@tiepsuc/event-log';
import type { Role } from '@tiepsuc/runtime';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Publishes keys and signs access tokens, as an identity provider would. */
export async function startIssuer(audience: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'test' }] });
  const server = createServer((_, response) => void response.setHeader('content-type', 'application/json').end(keys));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = (...roles: Role[]) =>
    new SignJWT({ roles, offices: ['*'] })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
      .setSubject(`tester-${roles.join('-')}`)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  return { issuer, jwksUrl: `${issuer}/jwks`, token, close };
}

interface Said {
  readonly time?: string;
  readonly causationId?: string;
  readonly prevhash?: string;
  readonly sequence?: number;
}

/** Says events as their publishers would: numbered and chained per stream. */
export class Publisher {
  private readonly heads = new Map<string, { sequence: number; hash: string }>();

  say(name: string, fields: object, said: Said = {}): NewRecord {
    const { topic, type } = eventNamed(name);
    const texts = fields as Record<string, string>;
    const [subject, key, source] = [texts[topic.subject] ?? '', texts[topic.key] ?? '', fill(topic.source, fields)];
    const head = this.heads.get(`${source} ${subject}`);
    const sequence = said.sequence ?? (head?.sequence ?? 0) + 1;
    const envelope: Envelope = {
      specversion: '1.0',
      id: newId(),
      source,
      type,
      subject,
      time: said.time ?? new Date().toISOString(),
      datacontenttype: 'application/json',
      partitionkey: key,
      sequence: sequenceText(sequence),
      prevhash: said.prevhash ?? head?.hash,
      correlationid: key,
      causationid: said.causationId,
      actor: 'system:test',
      data: fields,
    };
    const value = encodeEnvelope(envelope);
    this.heads.set(`${source} ${subject}`, { sequence, hash: recordHash(value) });
    const place = { topic: fill(topic.name, fields), partition: partitionOf(key, topic.partitions) };
    return { ...place, eventId: envelope.id, key, headers: headersOf(envelope), value };
  }
}

/** The facts of one case, complete enough for every event about it. */
export function caseFields(caseId: string) {
  return {
    caseId,
    requestId: newId(),
    legId: newId(),
    office: 'q1',
    reporterRef: newId(),
    beneficiaryRef: newId(),
    notifyBy: 'sms',
    language: 'vi',
    trackingCode: 'ABCD-234-567',
    channel: 'web',
    needs: ['food'],
    urgency: 'normal',
    unitsVersion: '2021-01-01',
    occurredAt: '2021-07-22T11:00:00.000Z',
    hop: 0,
  };
}
