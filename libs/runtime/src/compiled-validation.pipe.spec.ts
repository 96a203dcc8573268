import { Body, Controller, Get, Post, Query, RawBody, type ArgumentMetadata, type Type } from '@nestjs/common';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { CompiledValidationPipe } from './compiled-validation.pipe.js';
import { Problem } from './problem.js';

class Visit {
  @IsString() note!: string;
}

class PageQuery {
  @IsOptional() @IsInt() limit?: number;
}

class Lax {
  note?: string;
}

interface Shape {
  readonly note: string;
}

@Controller()
class Visits {
  @Get()
  list(@Query() query: PageQuery): object {
    return query;
  }

  @Post()
  add(@Body() visit: Visit): object {
    return visit;
  }

  @Post('file')
  file(@Body() text: string, @RawBody() bytes: Buffer): object {
    return { text, bytes };
  }
}

@Controller()
class LaxVisits {
  @Post()
  add(@Body() visit: Lax): object {
    return visit;
  }
}

@Controller()
class ShapedVisits {
  @Post()
  add(@Body() visit: Shape): object {
    return visit;
  }
}

@Controller()
class LaxQueries {
  @Get()
  list(@Query() query: Record<string, string>): object {
    return query;
  }
}

@Controller()
class SinglePart {
  @Post()
  add(@Body('note') note: string): object {
    return { note };
  }
}

const body = (metatype: unknown) => ({ type: 'body', metatype }) as ArgumentMetadata;
const query = (metatype: unknown) => ({ type: 'query', metatype }) as ArgumentMetadata;

describe('the pipe of every route', () => {
  const pipe = new CompiledValidationPipe([Visits]);

  it('lets a body through as it is, and answers one that does not fit with 422', () => {
    const visit = { note: 'được' };
    expect(pipe.transform(visit, body(Visit))).toBe(visit);
    for (const unfit of [undefined, {}, { note: 1 }, { ...visit, more: 1 }, JSON.parse('{"note":"","__proto__":1}')]) {
      expect(() => pipe.transform(unfit, body(Visit))).toThrow(Problem);
    }
  });

  it('makes numbers of the texts of a query, and leaves the query itself alone', () => {
    const given = { limit: '5' };
    expect(pipe.transform(given, query(PageQuery))).toEqual({ limit: 5 });
    expect(given).toEqual({ limit: '5' });
    expect(() => pipe.transform({ limit: 'x' }, query(PageQuery))).toThrow(Problem);
    expect(() => pipe.transform({ limit: '5' }, body(PageQuery))).toThrow('after the checks');
  });

  it('hands on what is text or bytes, and what is neither body nor query', () => {
    expect(pipe.transform('a;b', body(String))).toBe('a;b');
    expect(pipe.transform('7', { type: 'param', metatype: String, data: 'id' })).toBe('7');
  });

  it.each<[string, Type]>([
    ['LaxVisits.add: its body needs a class whose fields have rules', LaxVisits],
    ['ShapedVisits.add: its body needs a class whose fields have rules', ShapedVisits],
    ['LaxQueries.list: its query needs a class whose fields have rules', LaxQueries],
    ['SinglePart.add: its body is taken as a whole', SinglePart],
  ])('does not let a service start: %s', (message, controller) => {
    expect(() => new CompiledValidationPipe([controller])).toThrow(message);
  });
});
