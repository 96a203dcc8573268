import kafkajs from 'kafkajs';
import { TooLarge, Transient, Unauthorized, UnknownTopic } from '../errors.js';
import { asLogError } from './kafka-failures.js';

const ofType = (type: string) => Object.assign(new Error('any text'), { name: 'KafkaJSProtocolError', type });

describe('failures of the Kafka client', () => {
  it.each([
    ['MESSAGE_TOO_LARGE', TooLarge],
    ['UNKNOWN_TOPIC_OR_PARTITION', UnknownTopic],
    ['TOPIC_AUTHORIZATION_FAILED', Unauthorized],
    ['GROUP_AUTHORIZATION_FAILED', Unauthorized],
    ['SASL_AUTHENTICATION_FAILED', Unauthorized],
    ['NOT_ENOUGH_REPLICAS', Transient],
    ['OUT_OF_ORDER_SEQUENCE_NUMBER', Transient],
    ['A_TYPE_OF_TOMORROW', Transient],
  ])('reads %s as its class', (type, expected) => {
    expect(asLogError(ofType(type))).toBeInstanceOf(expected);
  });

  it('looks through the wrapping of retries', () => {
    const inner = ofType('UNKNOWN_TOPIC_OR_PARTITION');
    const wrapped = new kafkajs.KafkaJSNumberOfRetriesExceeded(inner, { retryCount: 3, retryTime: 100 });
    expect(asLogError(wrapped)).toBeInstanceOf(UnknownTopic);
    expect(asLogError(wrapped).cause).toBe(wrapped);
  });

  it('knows a refused login by its class', () => {
    const RefusedLogin = kafkajs.KafkaJSSASLAuthenticationError as unknown as new (message: string) => Error;
    expect(asLogError(new RefusedLogin('no'))).toBeInstanceOf(Unauthorized);
  });

  it('takes everything else for worth another try, and leaves its own errors alone', () => {
    const own = new TooLarge('large');
    expect(asLogError(own)).toBe(own);
    expect(asLogError(new Error('socket hang up'))).toBeInstanceOf(Transient);
    expect(asLogError(undefined)).toBeInstanceOf(Transient);
  });
});
