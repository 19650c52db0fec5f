import { eventLogContract } from '../../testing/event-log.contract.ts';
import { whereKafkaIs } from '../../testing/kafka-here.ts';
import { startTestKafka } from '../../testing/restartable-kafka.ts';

whereKafkaIs('EventLog on Kafka', () => eventLogContract('Kafka', startTestKafka));
