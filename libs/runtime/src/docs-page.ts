import type { FastifyInstance } from 'fastify';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The page loads nothing from other servers: its script and style come from an npm package. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
].join('; ');

const ASSETS = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const;

const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#page', validatorUrl: null, deepLinking: true });\n`;

/** Serves the document at `/openapi.json` and a page to read and try it at `/docs`. */
export function addDocs(fastify: FastifyInstance, document: string): void {
  const parsed = JSON.parse(document) as { info: { title: string } };
  const json = JSON.stringify(parsed);
  const page = pageOf(parsed.info.title);
  fastify.get('/openapi.json', async (_request, reply) => reply.type('application/json; charset=utf-8').send(json));
  fastify.get('/docs', async (_request, reply) =>
    reply.header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8').send(page),
  );
  fastify.get('/docs/start.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(START));
  for (const [name, type] of Object.entries(ASSETS)) {
    const path = createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);
    fastify.get(`/docs/${name}`, async (_request, reply) => {
      const asset = await readFile(path);
      return reply.header('cache-control', 'public, max-age=86400').type(type).send(asset);
    });
  }
}

function pageOf(title: string): string {
  const safeTitle = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${safeTitle}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="page"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;
}
