import { Controller, Inject, Injectable, type DynamicModule } from '@nestjs/common';
import { ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Repository } from 'typeorm';
import { CASE_ROUTED, EVENTS, LEG_OPENED, type CaseRouted, type LegOpened } from './events.js';
import { database, events, type TutorialSettings } from './tutorial-settings.js';

@Entity('legs')
export class Leg {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ type: 'uuid', unique: true }) caseId!: string;
  @Column('uuid') requestId!: string;
  @Column() office!: string;
  @Column() status!: string;
  @Column('simple-array') needs!: string[];
  @Column() urgency!: string;
  @CreateDateColumn({ type: 'timestamptz' }) openedAt!: Date;
}

@Entity('leg_history')
export class LegHistory {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('uuid') legId!: string;
  @Column() status!: string;
  @CreateDateColumn({ type: 'timestamptz' }) at!: Date;
}

@Injectable()
export class LegsService {
  constructor(
    @InjectRepository(Leg) private readonly legs: Repository<Leg>,
    @InjectRepository(LegHistory) private readonly history: Repository<LegHistory>,
    @Inject(EVENTS) private readonly client: ClientKafka,
  ) {}

  async open({ caseId, requestId, office, needs, urgency }: CaseRouted): Promise<void> {
    if (await this.legs.findOneBy({ caseId })) return;
    const leg = await this.legs.save({ caseId, requestId, office, status: 'opened', needs, urgency });
    await this.history.save({ legId: leg.id, status: leg.status });
    const value: LegOpened = { legId: leg.id, caseId, office, openedAt: leg.openedAt.toISOString() };
    this.client.emit(LEG_OPENED, { key: caseId, value });
  }
}

@Controller()
export class LegsController {
  constructor(private readonly legs: LegsService) {}

  @EventPattern(CASE_ROUTED)
  async caseRouted(@Payload() event: CaseRouted): Promise<void> {
    await this.legs.open(event);
  }
}

class DistrictModule {}

export function district(settings: TutorialSettings): DynamicModule {
  return {
    module: DistrictModule,
    imports: [...database(settings, [Leg, LegHistory]), events(settings)],
    controllers: [LegsController],
    providers: [LegsService],
  };
}
