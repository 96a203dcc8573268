import { ValidationPipe, type DynamicModule, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import 'reflect-metadata';
import { audit } from './audit.js';
import { district } from './district.js';
import { intake } from './intake.js';
import { notifications } from './notifications.js';
import { routing } from './routing.js';
import type { TutorialSettings } from './tutorial-settings.js';

const MODULES: Readonly<Record<string, (settings: TutorialSettings) => DynamicModule>> = {
  intake,
  routing,
  district,
  notifications,
  audit,
};

/**
 * One service of the stack that tutorials build: Nest on Express, a global ValidationPipe, TypeORM repositories, events
 * sent by `emit` and taken one message at a time by Nest's own Kafka transport. Nothing in it is made slow; nothing is
 * tuned either.
 */
export async function startTutorialService(settings: TutorialSettings): Promise<INestApplication> {
  const { service, brokers } = settings;
  const module = MODULES[service];
  if (!module) throw new Error(`the tutorial stack has no service ${service}`);
  const app = await NestFactory.create(module(settings), new ExpressAdapter(), { logger: ['error', 'warn'] });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  if (service !== 'intake') {
    app.connectMicroservice({
      transport: Transport.KAFKA,
      options: {
        client: { clientId: service, brokers: [...brokers] },
        consumer: { groupId: `tutorial-${service}` },
        subscribe: { fromBeginning: true },
      },
    });
    await app.startAllMicroservices();
  }
  await app.listen(0, '127.0.0.1');
  return app;
}
