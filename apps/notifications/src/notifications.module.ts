import { Module } from '@nestjs/common';
import { NotificationsController } from './http/notifications.controller.js';
import { MailboxController } from './http/mailbox.controller.js';
import { ReceiptsController } from './http/receipts.controller.js';
import { TellOfAcceptance } from './reactions/tell-of-acceptance.js';
import { TellOfRequest } from './reactions/tell-of-request.js';
import { TellOfResolution } from './reactions/tell-of-resolution.js';
import { TellOfRouting } from './reactions/tell-of-routing.js';
import { SenderLifecycle } from './sending/sender-lifecycle.js';
import { DeliveryQueries } from './store/delivery-queries.js';
import { MailboxMessages } from './store/mailbox-messages.js';
import { Receipts } from './store/receipts.js';

@Module({
  controllers: [NotificationsController, MailboxController, ReceiptsController],
  providers: [
    TellOfRequest,
    TellOfRouting,
    TellOfAcceptance,
    TellOfResolution,
    SenderLifecycle,
    DeliveryQueries,
    MailboxMessages,
    Receipts,
  ],
})
export class NotificationsModule {}
