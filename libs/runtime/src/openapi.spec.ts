import { Body, Controller, Get, Module, Post, Query } from '@nestjs/common';
import { refusals } from '@tiepsuc/contracts';
import type { CommandContext } from '@tiepsuc/journal';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, Matches, Max, ValidateNested } from 'class-validator';
import { Public, Roles } from './auth/auth-guard.js';
import { Answers } from './answers.js';
import type { ApiSources } from './api-sources.js';
import { openApiDocument } from './openapi.js';
import { CurrentContext, IfMatch } from './command-context.js';
import { RateLimited } from './rate-limit.js';
import { Refuses } from './refuses.js';
import { ServiceConfig } from './service-config.js';

class Member {
  @IsInt() age!: number;
}

class FileBody {
  @Matches(/^0\d{9}$/) phone!: string;
  @IsOptional() @IsString() remark?: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Member) members!: Member[];
}

class FiledAnswer {
  @IsString() trackingCode!: string;
}

class SearchQuery {
  @IsOptional() @IsInt() @Max(100) limit?: number;
}

class Neglected {
  @IsInt() nothingSaid!: number;
}

class CasesDatabase {
  constructor() {
    throw new Error('a document needs no database');
  }
}

const remedy = { vi: 'Đọc lại.', en: 'Read it again.' };
const refuse = refusals({
  'case-closed': { kind: 'conflict', says: { vi: 'Đã đóng.', en: 'It is closed.' }, remedy },
  'case-unknown': { kind: 'not-found', says: { vi: 'Không có.', en: 'There is none.' }, remedy },
});

@Controller('cases')
@Refuses(refuse, 'case-unknown')
class CasesController {
  constructor(readonly database: CasesDatabase) {}

  @Get()
  @Roles('officer', 'dispatcher')
  @Answers({ meaning: 'The cases', body: FiledAnswer, list: true })
  list(@Query() query: SearchQuery): object {
    return query;
  }

  @Post()
  @Public()
  @RateLimited({ name: 'public', perMinute: 30 })
  @Answers({ status: 201, meaning: 'It is filed', body: FiledAnswer })
  file(@Body() body: FileBody): object {
    return body;
  }

  @Post('close')
  @Refuses(refuse)
  @Answers({ meaning: 'It is closed' })
  close(@IfMatch() _seen: number, @CurrentContext() _context: CommandContext): void {}
}

@Module({ controllers: [CasesController], providers: [CasesDatabase] })
class CasesModule {}

@Controller('others')
class OthersController {
  @Get()
  @Answers({ meaning: 'Others', body: Neglected })
  list(): object {
    return {};
  }
}

@Module({ controllers: [OthersController] })
class OthersModule {}

const said: Record<string, { text: string; example?: string }> = {
  CasesController: { text: 'What there is.' },
  'CasesController.file': { text: 'Files a case. It is durable.' },
  'FileBody.phone': { text: 'Whom to call.', example: '"0912345678"' },
};

const sources: ApiSources = {
  comments: {
    of: (declared, member) =>
      said[member ? `${declared.name}.${member}` : declared.name] ?? (member ? undefined : { text: declared.name }),
    ofField: (declared, field) =>
      said[`${declared.name}.${field}`] ?? (field === 'nothingSaid' ? undefined : { text: `The ${field}.` }),
  },
  samples: new Map<string, unknown[]>([
    ['age', ['seventy', 70]],
    ...['groupId', 'key', 'reason', 'first'].map((field) => [field, ['7']] as [string, unknown[]]),
  ]),
};

const documentOf = async (module: typeof CasesModule) =>
  (await openApiDocument({ name: 'tiny', config: ServiceConfig, module }, sources)) as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- a document of any depth

describe('the API document of a service', () => {
  let document: Awaited<ReturnType<typeof documentOf>>;
  beforeAll(async () => {
    document = await documentOf(CasesModule);
  });

  it('has the routes of the service and those that every service has', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Tiếp Sức: tiny' } });
    expect(Object.keys(document['paths'])).toEqual(expect.arrayContaining(['/cases', '/operations/parked']));
    expect(document['tags']).toContainEqual({ name: 'Cases', description: 'What there is.' });
  });

  it('has the fields of bodies, queries and answers, each with what its doc comment says', () => {
    const { schemas } = document['components'];
    expect(schemas.FileBody).toMatchObject({
      required: ['phone', 'members'],
      additionalProperties: false,
      properties: { phone: { pattern: '^0\\d{9}$', description: 'Whom to call.' } },
    });
    const { get, post } = document['paths']['/cases'];
    expect(post.requestBody.content['application/json'].schema.$ref).toBe('#/components/schemas/FileBody');
    expect(post.responses['201'].content['application/json'].schema.$ref).toBe('#/components/schemas/FiledAnswer');
    expect(get.parameters).toEqual([
      { name: 'limit', in: 'query', required: false, description: 'The limit.', schema: { type: 'integer', maximum: 100 } },
    ]); // prettier-ignore
  });

  it('says who may call, and names each operation after controller and method', () => {
    const { get, post } = document['paths']['/cases'];
    expect(get).toMatchObject({ operationId: 'Cases_list', tags: ['Cases'], security: [{ bearer: [] }] });
    expect(get['x-roles']).toEqual(['officer', 'dispatcher']);
    expect(post).toMatchObject({ summary: 'Files a case.', description: 'It is durable.', security: [] });
  });

  it('has an example of every body: what its comments and the samples say, nothing optional', () => {
    const { example } = document['paths']['/cases'].post.requestBody.content['application/json'];
    expect(example).toEqual({ phone: '0912345678', members: [{ age: 70 }] });
  });

  it('names the codes of the problems that a route answers with, each with an example', () => {
    const { get, post } = document['paths']['/cases'];
    expect(Object.keys(get.responses)).toEqual(['200', '401', '403', '404', '422', 'default']);
    expect(post.responses['429'].description).toBe('too-many-requests');
    const { examples } = get.responses['401'].content['application/problem+json'];
    expect(examples['not-signed-in'].value).toMatchObject({ status: 401, title: 'Cần đăng nhập' });
  });

  it('names what the controller and the route refuse, and what comes with the headers that it takes', () => {
    const { responses } = document['paths']['/cases/close'].post;
    const described = Object.entries(responses as Record<string, { description: string }>);
    expect(described.map(([status, { description }]) => [status, description])).toEqual(
      expect.arrayContaining([
        ['400', 'idempotency-key-not-valid, if-match-not-valid'],
        ['404', 'case-unknown'],
        ['409', 'case-closed'],
        ['422', 'idempotency-key-reused'],
        ['428', 'if-match-missing'],
      ]),
    );
    const { examples } = responses['409'].content['application/problem+json'];
    expect(examples['case-closed'].value).toMatchObject({ detail: 'Đã đóng.', remedy: 'Đọc lại.' });
  });

  it('is refused when a field is not explained', async () => {
    await expect(documentOf(OthersModule)).rejects.toThrow('Give them a doc comment: Neglected.nothingSaid.');
  });
});
