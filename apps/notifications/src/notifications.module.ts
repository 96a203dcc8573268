import { Module } from '@nestjs/common';
import { dueWorkerProvider } from '@tiepsuc/due-work';
import { NotificationsController } from './http/notifications.controller.js';
import { MailboxController } from './http/mailbox.controller.js';
import { ReceiptsController } from './http/receipts.controller.js';
import { TellOfAcceptance } from './reactions/tell-of-acceptance.js';
import { TellOfRequest } from './reactions/tell-of-request.js';
import { TellOfResolution } from './reactions/tell-of-resolution.js';
import { TellOfRouting } from './reactions/tell-of-routing.js';
import { senderProvider } from './sending/sender-provider.js';
import { Sender } from './sending/sender.js';
import { deliveryWork } from './store/delivery-work.js';
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
    senderProvider,
    dueWorkerProvider(deliveryWork, Sender),
    DeliveryQueries,
    MailboxMessages,
    Receipts,
  ],
})
export class NotificationsModule {}
