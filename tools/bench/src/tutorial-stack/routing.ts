import { Controller, Inject, Injectable, type DynamicModule } from '@nestjs/common';
import { ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { HOTLINE_OPENED_ON, OFFICES } from '@tiepsuc/city';
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Repository } from 'typeorm';
import { CASE_ROUTED, EVENTS, REQUEST_RECEIVED, type CaseRouted, type RequestReceived } from './events.js';
import { database, events, type TutorialSettings } from './tutorial-settings.js';

@Entity('cases')
export class Case {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ type: 'uuid', unique: true }) caseId!: string;
  @Column('uuid') requestId!: string;
  @Column('simple-array') needs!: string[];
  @Column() urgency!: string;
  @Column() office!: string;
  @CreateDateColumn({ type: 'timestamptz' }) createdAt!: Date;
}

@Entity('decisions')
export class Decision {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('uuid') caseId!: string;
  @Column() office!: string;
  @Column() rule!: string;
  @CreateDateColumn({ type: 'timestamptz' }) decidedAt!: Date;
}

/** What people write in an address for each office's area, without "Quận" and the like. */
const AREAS = OFFICES.asOf(HOTLINE_OPENED_ON)
  .offices.filter(({ kind }) => kind === 'district')
  .map(({ code, nameEn }) => ({ code, area: nameEn.replace(/^.*Committee of |District | District| City/g, '') }));
const FALLBACK = 'q1';

@Injectable()
export class RoutingService {
  constructor(
    @InjectRepository(Case) private readonly cases: Repository<Case>,
    @InjectRepository(Decision) private readonly decisions: Repository<Decision>,
    @Inject(EVENTS) private readonly client: ClientKafka,
  ) {}

  async route({ caseId, requestId, contactId, needs, urgency, address, notifyBy }: RequestReceived): Promise<void> {
    if (await this.cases.findOneBy({ caseId })) return;
    const found = AREAS.find(({ area }) => address.includes(area));
    const [office, rule] = found ? [found.code, 'area'] : [FALLBACK, 'fallback'];
    await this.cases.save({ caseId, requestId, needs, urgency, office });
    const { decidedAt } = await this.decisions.save({ caseId, office, rule });
    const routedAt = decidedAt.toISOString();
    const value: CaseRouted = { caseId, requestId, contactId, office, rule, needs, urgency, notifyBy, routedAt };
    this.client.emit(CASE_ROUTED, { key: caseId, value });
  }
}

@Controller()
export class RoutingController {
  constructor(private readonly routing: RoutingService) {}

  @EventPattern(REQUEST_RECEIVED)
  async requestReceived(@Payload() event: RequestReceived): Promise<void> {
    await this.routing.route(event);
  }
}

class RoutingModule {}

export function routing(settings: TutorialSettings): DynamicModule {
  return {
    module: RoutingModule,
    imports: [...database(settings, [Case, Decision]), events(settings)],
    controllers: [RoutingController],
    providers: [RoutingService],
  };
}
