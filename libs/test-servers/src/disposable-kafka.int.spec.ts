import { Kafka, logLevel } from 'kafkajs';
import { describeKafka } from './describe-kafka.js';
import { disposableKafka } from './disposable-kafka.js';

describeKafka('the disposable Kafka', (kafka) => {
  it('takes topics and answers for them', async () => {
    const admin = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const topic = `test-${process.pid}-${Date.now()}`;
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
    expect((await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions).toHaveLength(3);
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  it('is one for the whole suite', async () => {
    expect(await disposableKafka()).toBe(kafka());
  });
});
