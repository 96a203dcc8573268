import { Controller, Inject, Injectable, type DynamicModule } from '@nestjs/common';
import { ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Repository, Unique } from 'typeorm';
import {
  CASE_ROUTED,
  EVENTS,
  NOTIFICATION_QUEUED,
  REQUEST_RECEIVED,
  type CaseRouted,
  type NotificationQueued,
  type RequestReceived,
} from './events.js';
import { database, events, type TutorialSettings } from './tutorial-settings.js';

@Entity('notifications')
@Unique(['caseId', 'template'])
export class Notification {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('uuid') caseId!: string;
  @Column('uuid') contactId!: string;
  @Column() template!: string;
  @Column() channel!: string;
  @CreateDateColumn({ type: 'timestamptz' }) queuedAt!: Date;
}

@Entity('deliveries')
export class Delivery {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('uuid') notificationId!: string;
  @Column() status!: string;
  @Column() attempt!: number;
}

type Telling = Pick<Notification, 'caseId' | 'contactId' | 'template' | 'channel'>;

@Injectable()
export class NotificationsService {
  constructor(
    @InjectRepository(Notification) private readonly notifications: Repository<Notification>,
    @InjectRepository(Delivery) private readonly deliveries: Repository<Delivery>,
    @Inject(EVENTS) private readonly client: ClientKafka,
  ) {}

  async queue({ caseId, contactId, template, channel }: Telling): Promise<void> {
    if (await this.notifications.findOneBy({ caseId, template })) return;
    const notification = await this.notifications.save({ caseId, contactId, template, channel });
    await this.deliveries.save({ notificationId: notification.id, status: 'queued', attempt: 0 });
    const queuedAt = notification.queuedAt.toISOString();
    const value: NotificationQueued = { notificationId: notification.id, caseId, template, channel, queuedAt };
    this.client.emit(NOTIFICATION_QUEUED, { key: caseId, value });
  }
}

@Controller()
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @EventPattern(REQUEST_RECEIVED)
  async requestReceived(@Payload() { caseId, contactId, notifyBy }: RequestReceived): Promise<void> {
    await this.notifications.queue({ caseId, contactId, template: 'request-received', channel: notifyBy });
  }

  @EventPattern(CASE_ROUTED)
  async caseRouted(@Payload() { caseId, contactId, notifyBy }: CaseRouted): Promise<void> {
    await this.notifications.queue({ caseId, contactId, template: 'case-routed', channel: notifyBy });
  }
}

class NotificationsModule {}

export function notifications(settings: TutorialSettings): DynamicModule {
  return {
    module: NotificationsModule,
    imports: [...database(settings, [Notification, Delivery]), events(settings)],
    controllers: [NotificationsController],
    providers: [NotificationsService],
  };
}
