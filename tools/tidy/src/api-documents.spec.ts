import { Ajv2020 } from 'ajv/dist/2020.js';
import { apiDocumentOf } from './api-documents.js';
import { foldersOfType } from './project-tags.js';
import { repositoryFiles } from './repository.js';

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object; readonly example?: object }> };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: object; examples?: Record<string, { value: object }> }> }>; // prettier-ignore
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

const files = repositoryFiles();
const folders = foldersOfType(files, 'service');

describe.each(folders)('the API document of %s', (folder) => {
  let text: string;
  let document: Document;
  let operations: { path: string; operation: Operation }[];

  beforeAll(async () => {
    text = await apiDocumentOf(folder, 'src/service.ts');
    document = JSON.parse(text) as Document;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.values(item).map((operation) => ({ path, operation })),
    );
  });

  it('is the one that is kept beside it', () => {
    const kept = files.find(({ path }) => path === `${folder}/openapi.json`)?.text;
    if (kept !== text) throw new Error(`${folder}/openapi.json is out of date: run \`npm run generate\`.`);
  });

  it('names every operation once and under a tag that says what it is', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Z]\w*_[a-z]\w*$/);
    const tags = document.tags.map(({ name }) => name);
    expect(new Set(tags).size).toBe(tags.length);
    for (const { operation } of operations) expect(tags).toEqual(expect.arrayContaining([...operation.tags]));
  });

  it('is OpenAPI 3.1: every answer is described, every parameter of a path declared, every reference leads somewhere', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const { path, operation } of operations) {
      const inPath = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
      expect(inPath.sort()).toEqual((path.match(/\{\w+\}/g) ?? []).sort());
      for (const response of Object.values(operation.responses)) expect(response.description).not.toBe('');
    }
    const names = [...text.matchAll(/"\$ref": "#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(names));
  });

  it('has schemas that compile and examples that fit them', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'document', ...document });
    const fits = (schema: object, example: unknown) => {
      const local = JSON.stringify(schema).replaceAll('"#/components', '"document#/components');
      const validate = ajv.compile(JSON.parse(local) as object);
      expect({ accepted: validate(example), errors: validate.errors }).toEqual({ accepted: true, errors: null });
    };
    for (const { operation } of operations) {
      const json = operation.requestBody?.content['application/json'];
      if (json) fits(json.schema, json.example);
      for (const { content = {} } of Object.values(operation.responses)) {
        const problem = content['application/problem+json'];
        for (const { value } of Object.values(problem?.examples ?? {})) fits(problem!.schema, value);
      }
    }
  });
});
