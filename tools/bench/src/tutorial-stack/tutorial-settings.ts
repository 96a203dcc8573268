import { ClientsModule, Transport } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EVENTS } from './events.js';

/** What a service of the stack is told at its start. */
export interface TutorialSettings {
  readonly service: string;
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
}

type Entities = NonNullable<Parameters<typeof TypeOrmModule.forFeature>[0]>;

/** The service's database, its tables made from the entities. */
export function database({ databaseUrl }: TutorialSettings, entities: Entities) {
  return [
    TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, autoLoadEntities: true, synchronize: true }),
    TypeOrmModule.forFeature(entities),
  ];
}

/** The service's producer. */
export function events({ service, brokers }: TutorialSettings) {
  return ClientsModule.register([
    {
      name: EVENTS,
      transport: Transport.KAFKA,
      options: { client: { clientId: service, brokers: [...brokers] }, producerOnlyMode: true },
    },
  ]);
}
