import { Controller, Injectable, type DynamicModule } from '@nestjs/common';
import { EventPattern, KafkaContext, Ctx, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, Repository, Unique } from 'typeorm';
import { CASE_ROUTED, LEG_OPENED, NOTIFICATION_QUEUED, REQUEST_RECEIVED } from './events.js';
import { database, type TutorialSettings } from './tutorial-settings.js';

@Entity('audit_records')
@Unique(['topic', 'partition', 'offset'])
export class AuditRecord {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column() topic!: string;
  @Column() partition!: number;
  @Column('bigint') offset!: string;
  @Index() @Column('uuid') caseId!: string;
  @Column('jsonb') payload!: object;
  @CreateDateColumn({ type: 'timestamptz' }) storedAt!: Date;
}

interface AnyEvent {
  readonly caseId: string;
}

@Injectable()
export class AuditService {
  constructor(@InjectRepository(AuditRecord) private readonly records: Repository<AuditRecord>) {}

  async store(payload: AnyEvent, context: KafkaContext): Promise<void> {
    const place = { topic: context.getTopic(), partition: context.getPartition(), offset: context.getMessage().offset };
    if (await this.records.findOneBy(place)) return;
    await this.records.save({ ...place, caseId: payload.caseId, payload });
  }
}

@Controller()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @EventPattern(REQUEST_RECEIVED)
  async requestReceived(@Payload() event: AnyEvent, @Ctx() context: unknown): Promise<void> {
    await this.audit.store(event, context as KafkaContext);
  }

  @EventPattern(CASE_ROUTED)
  async caseRouted(@Payload() event: AnyEvent, @Ctx() context: unknown): Promise<void> {
    await this.audit.store(event, context as KafkaContext);
  }

  @EventPattern(LEG_OPENED)
  async legOpened(@Payload() event: AnyEvent, @Ctx() context: unknown): Promise<void> {
    await this.audit.store(event, context as KafkaContext);
  }

  @EventPattern(NOTIFICATION_QUEUED)
  async notificationQueued(@Payload() event: AnyEvent, @Ctx() context: unknown): Promise<void> {
    await this.audit.store(event, context as KafkaContext);
  }
}

class AuditModule {}

export function audit(settings: TutorialSettings): DynamicModule {
  return {
    module: AuditModule,
    imports: database(settings, [AuditRecord]),
    controllers: [AuditController],
    providers: [AuditService],
  };
}
