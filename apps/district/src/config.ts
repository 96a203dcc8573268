import { OFFICES } from '@tiepsuc/city';
import { Setting, ServiceConfig } from '@tiepsuc/runtime';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, ValidateBy } from 'class-validator';

/** More than all offices of the city; each has a consumer group of its own. */
const OFFICES_MAX = 64;

/** What a district process is told from outside. */
export class DistrictConfig extends ServiceConfig {
  @Setting({
    env: 'OFFICES',
    meaning: 'the codes of the offices that this process serves, for example q1,q3',
    as: 'list',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(OFFICES_MAX)
  @ArrayUnique()
  @ValidateBy(
    {
      name: 'isOffice',
      validator: {
        validate: (code: unknown) => typeof code === 'string' && OFFICES.office(code) !== undefined,
        defaultMessage: () => 'each code in offices must be in the catalogue',
      },
    },
    { each: true },
  )
  offices!: readonly string[];
}
