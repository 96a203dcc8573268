import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { IntakeConfig } from './config.js';
import { ImportsController } from './http/imports.controller.js';
import { RequestsController } from './http/requests.controller.js';
import { VaultController } from './http/vault.controller.js';
import { Imports } from './imports/imports.js';
import { Requests } from './store/requests.js';
import { Reveals } from './store/reveals.js';
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
      inject: [VaultKeys, DataSource],
      useFactory: (keys: VaultKeys, dataSource: DataSource) => new Vault(keys, dataSource),
    },
    Requests,
    Reveals,
    Imports,
  ],
})
export class IntakeModule {}
