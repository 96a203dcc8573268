import { Module } from '@nestjs/common';
import { InboxController } from './http/inbox.controller.js';
import { LegsController } from './http/legs.controller.js';
import { OpenOfferedCase } from './reactions/open-offered-case.js';
import { Inboxes } from './store/inboxes.js';

@Module({
  controllers: [InboxController, LegsController],
  providers: [Inboxes, OpenOfferedCase],
})
export class DistrictModule {}
