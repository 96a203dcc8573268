import { Module } from '@nestjs/common';
import { NotificationsController } from './http/notifications.controller.js';
import { OutboxController } from './http/outbox.controller.js';
import { ReceiptsController } from './http/receipts.controller.js';
import { TellOfAcceptance } from './reactions/tell-of-acceptance.js';
import { TellOfRequest } from './reactions/tell-of-request.js';
import { TellOfResolution } from './reactions/tell-of-resolution.js';
import { TellOfRouting } from './reactions/tell-of-routing.js';
import { Sending } from './sending/sending.js';
import { DeliveryQueries } from './store/delivery-queries.js';
import { OutboxMessages } from './store/outbox-messages.js';
import { Receipts } from './store/receipts.js';

@Module({
  controllers: [NotificationsController, OutboxController, ReceiptsController],
  providers: [
    TellOfRequest,
    TellOfRouting,
    TellOfAcceptance,
    TellOfResolution,
    Sending,
    DeliveryQueries,
    OutboxMessages,
    Receipts,
  ],
})
export class NotificationsModule {}
