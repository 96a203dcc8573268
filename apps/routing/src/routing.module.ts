import { Module } from '@nestjs/common';
import { CasesController } from './http/cases.controller.js';
import { DispatcherController } from './http/dispatcher.controller.js';
import { OfficesController } from './http/offices.controller.js';
import { PreviewController } from './http/preview.controller.js';
import { UnitsController } from './http/units.controller.js';
import { OfficesInForce } from './offices-in-force.js';
import { RouteNewRequest } from './reactions/route-new-request.js';
import { TakeBackReturnedCase } from './reactions/take-back-returned-case.js';
import { WaitingCases } from './store/waiting-cases.js';

@Module({
  controllers: [CasesController, DispatcherController, OfficesController, PreviewController, UnitsController],
  providers: [OfficesInForce, WaitingCases, RouteNewRequest, TakeBackReturnedCase],
})
export class RoutingModule {}
