import { Module } from '@nestjs/common';
import { IntakeConfig } from './config.js';
import { ImportsController } from './http/imports.controller.js';
import { RequestsController } from './http/requests.controller.js';
import { VaultController } from './http/vault.controller.js';
import { Imports } from './imports/imports.js';
import { Requests } from './store/requests.js';
import { Reveals } from './store/reveals.js';
import { KeptPersons } from './vault/kept-persons.js';
import { VaultKeys } from './vault/vault-keys.js';
import { Vault } from './vault/vault.js';

@Module({
  controllers: [RequestsController, VaultController, ImportsController],
  providers: [
    {
      provide: VaultKeys,
      inject: [IntakeConfig],
      useFactory: ({ vaultKey }: IntakeConfig) => new VaultKeys(Buffer.from(vaultKey, 'base64')),
    },
    {
      provide: Vault,
      inject: [VaultKeys],
      useFactory: (keys: VaultKeys) => new Vault(keys),
    },
    KeptPersons,
    Requests,
    Reveals,
    Imports,
  ],
})
export class IntakeModule {}
