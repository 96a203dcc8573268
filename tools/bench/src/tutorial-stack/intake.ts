import { Body, Controller, Inject, Injectable, Post, type DynamicModule } from '@nestjs/common';
import { ClientKafka } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { randomBytes, randomUUID } from 'node:crypto';
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Repository } from 'typeorm';
import { EVENTS, REQUEST_RECEIVED, type RequestReceived } from './events.js';
import { database, events, type TutorialSettings } from './tutorial-settings.js';

@Entity('contacts')
export class Contact {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column() name!: string;
  @Column() phone!: string;
  @Column() address!: string;
  @Column() description!: string;
}

@Entity('requests')
export class AidRequest {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('uuid') caseId!: string;
  @Column('uuid') contactId!: string;
  @Column({ unique: true }) trackingCode!: string;
  @Column('simple-array') needs!: string[];
  @Column() urgency!: string;
  @Column() householdSize!: number;
  @Column() notifyBy!: string;
  @CreateDateColumn({ type: 'timestamptz' }) receivedAt!: Date;
}

class ReporterDto {
  @IsString() @IsNotEmpty() @MaxLength(200) name!: string;
  @Matches(/^[+0-9 ]{8,20}$/) phone!: string;
}

class AddressDto {
  @IsString() @IsNotEmpty() @MaxLength(500) text!: string;
}

export class CreateRequestDto {
  @ValidateNested() @Type(() => ReporterDto) reporter!: ReporterDto;
  @IsArray() @ArrayNotEmpty() @IsString({ each: true }) needs!: string[];
  @IsIn(['normal', 'urgent', 'emergency']) urgency!: string;
  @ValidateNested() @Type(() => AddressDto) address!: AddressDto;
  @IsInt() @Min(1) @Max(10_000) householdSize!: number;
  @IsString() @MaxLength(4_000) description!: string;
  @IsIn(['sms', 'none']) notifyBy!: string;
}

@Injectable()
export class RequestsService {
  constructor(
    @InjectRepository(Contact) private readonly contacts: Repository<Contact>,
    @InjectRepository(AidRequest) private readonly requests: Repository<AidRequest>,
    @Inject(EVENTS) private readonly client: ClientKafka,
  ) {}

  async create({ reporter, needs, urgency, address, householdSize, description, notifyBy }: CreateRequestDto) {
    const contact = await this.contacts.save({ ...reporter, address: address.text, description });
    const request = await this.requests.save({
      caseId: randomUUID(),
      contactId: contact.id,
      trackingCode: randomBytes(8).toString('hex').toUpperCase(),
      needs,
      urgency,
      householdSize,
      notifyBy,
    });
    const { id: requestId, caseId, trackingCode } = request;
    const receivedAt = request.receivedAt.toISOString();
    const value: RequestReceived = {
      requestId,
      caseId,
      contactId: contact.id,
      trackingCode,
      needs,
      urgency,
      address: address.text,
      householdSize,
      notifyBy,
      receivedAt,
    };
    this.client.emit(REQUEST_RECEIVED, { key: caseId, value });
    return { requestId, caseId, trackingCode, status: 'recorded', receivedAt };
  }
}

@Controller('requests')
export class RequestsController {
  constructor(private readonly requests: RequestsService) {}

  @Post()
  create(@Body() body: CreateRequestDto) {
    return this.requests.create(body);
  }
}

class IntakeModule {}

export function intake(settings: TutorialSettings): DynamicModule {
  return {
    module: IntakeModule,
    imports: [...database(settings, [Contact, AidRequest]), events(settings)],
    controllers: [RequestsController],
    providers: [RequestsService],
  };
}
