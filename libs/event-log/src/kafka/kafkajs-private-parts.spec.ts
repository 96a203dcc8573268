import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** docs/private-apis.md lists these; the contract suite on a broker shows that they also do what they should. */
describe('the private parts of kafkajs that a fetch without a group uses', () => {
  it('are there in the version that is installed', () => {
    const cluster = load('kafkajs/src/cluster') as { prototype: object };
    const methods = ['connect', 'disconnect', 'addTargetTopic', 'findTopicPartitionMetadata', 'findBroker'];
    expect(methods.filter((name) => !(name in cluster.prototype))).toEqual([]);
    const broker = load('kafkajs/src/broker') as { prototype: object };
    expect('fetch' in broker.prototype).toBe(true);
    expect(load('kafkajs/src/network/socketFactory')).toBeInstanceOf(Function);
  });
});
