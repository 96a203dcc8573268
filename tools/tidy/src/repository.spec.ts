import { CATALOGUE } from '@tiepsuc/contracts';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildOutput } from './build-output.js';
import { wrongServices } from './compose-services.js';
import { wrongCodeMap } from './code-map.js';
import { wrongDocuments } from './document-links.js';
import { wrongEnvironment } from './environment.js';
import { wrongShape } from './file-shape.js';
import { circlesIn } from './import-circles.js';
import { importsOf, neighboursOf } from './imports.js';
import { leftovers } from './leftovers.js';
import { wrongLockfile } from './lockfile.js';
import { machinePaths } from './machine-paths.js';
import { bannedPhrases } from './phrases.js';
import { foldersOfType, wrongProjects } from './project-tags.js';
import { SERVICES } from '@tiepsuc/services';
import { declaredIn, problemsOutOfPlace, undocumentedCodes, wrongRefusals, type DeclaredCode } from './refusals.js';
import { releasedFiles, repositoryFiles, repositoryRoot, trackedThoughIgnored } from './repository.js';
import { brokenPromises, SAMPLES, wrongSamples } from './samples.js';
import { wrongServiceEntries } from './service-entry.js';
import type { SettingsOfService } from './service-settings.js';
import { settingsOfAll, wrongSettingsTable } from './settings-table.js';
import { strangersTables, unknownTables } from './table-owners.js';
import { unusedExports } from './unused-exports.js';
import { projectGraph, wrongDependencies } from './workspace-dependencies.js';

/** Every check on the repository itself. A failure lists what to mend, one line each. */
const files = repositoryFiles();

describe('this repository', () => {
  it('tags every project with one known type', async () => {
    const policy = pathToFileURL(join(repositoryRoot, 'tools/lint/policy.mjs')).href;
    const { directions } = (await import(policy)) as { directions: Record<string, unknown> };
    expect(wrongProjects(files, Object.keys(directions))).toEqual([]);
  });

  it('declares in each package.json the projects that are imported', () => {
    expect(wrongDependencies(files, importsOf(files))).toEqual([]);
  });

  it('has no circle between projects, and none between files', () => {
    expect(circlesIn(projectGraph(files))).toEqual([]);
    expect(circlesIn(new Map(importsOf(files).map((one) => [one.path, neighboursOf(one)])))).toEqual([]);
  });

  it('names every project folder in the code map, and no other', () => expect(wrongCodeMap(files)).toEqual([]));

  it('keeps files short and well named', () => expect(wrongShape(files)).toEqual([]));

  it('exports from a library what others import, and nothing more', () => expect(unusedExports(files)).toEqual([]));

  it('says plainly what it means', () => expect(bannedPhrases(files)).toEqual([]));

  it('has no leftovers', () => expect(leftovers(files)).toEqual([]));

  it('holds nothing that a program makes', () => {
    expect(buildOutput(files)).toEqual([]);
    expect(trackedThoughIgnored()).toEqual([]);
  });

  it('has a lockfile for any registry and every project', () => expect(wrongLockfile(files)).toEqual([]));

  it('refers to no path of one machine', () => expect(machinePaths(files)).toEqual([]));

  it('has documents whose links lead somewhere', () => expect(wrongDocuments(files)).toEqual([]));

  it('has no SQL of a service on a table of a library, nor the other way round', () =>
    expect(strangersTables(files, foldersOfType(files, 'service'))).toEqual([]));

  it('reads only tables that there are', () => expect(unknownTables(files)).toEqual([]));

  it('starts every service alike', () => expect(wrongServiceEntries(files)).toEqual([]));

  it('lists every service once, and runs in docker compose what it lists', () => {
    const compose = files.find(({ path }) => path === 'docker-compose.yml')?.text ?? '';
    expect(SERVICES.map(({ name }) => `apps/${name}`).sort()).toEqual(foldersOfType(files, 'service').sort());
    expect(new Set(SERVICES.map(({ port }) => port)).size).toBe(SERVICES.length);
    expect(wrongServices(compose, SERVICES)).toEqual([]);
  });

  it('has golden samples of every event', () => {
    const types = CATALOGUE.map(({ type }) => type);
    expect(wrongSamples(files, types)).toEqual([]);
  });

  it('keeps the samples of its newest release as they were', () => {
    expect(brokenPromises(releasedFiles(SAMPLES) ?? [], files)).toEqual([]);
  });

  describe('on refusals', () => {
    const sources = files.filter(
      ({ path }) => /^(?:apps|libs)\/.*\.ts$/.test(path) && !/\.(?:spec|fixture)\.ts$/.test(path),
    );
    const declared: DeclaredCode[] = [];
    beforeAll(async () => {
      for (const { path } of sources.filter(({ text }) => text.includes('= refusals({')))
        declared.push(...(await declaredIn(path)));
    });

    it('has one grammar of codes, and both languages and a remedy for each', () => {
      expect(declared.length).toBeGreaterThan(30);
      expect(wrongRefusals(declared)).toEqual([]);
    });

    it('makes problems of HTTP at the edge only', () => expect(problemsOutOfPlace(sources)).toEqual([]));

    it('tells clients in OpenAPI of every code of a service', () =>
      expect(
        undocumentedCodes(
          declared.filter(({ path }) => path.endsWith('/refusals.ts')),
          files,
        ),
      ).toEqual([]));
  });

  describe('on settings', () => {
    let services: SettingsOfService[];
    beforeAll(async () => {
      const { settingsOfService } = await import('./service-settings.js');
      // One after the other: Jest links modules that are imported at the same time in no order.
      services = [];
      for (const one of foldersOfType(files, 'service')) services.push(await settingsOfService(one, 'src/config.ts'));
    });

    it('gives every service in docker-compose.yml what it reads', () => {
      const compose = files.find(({ path }) => path === 'docker-compose.yml');
      expect(wrongEnvironment(services, compose?.text)).toEqual([]);
    });

    it('tells in the README what every service reads', () => {
      const readme = files.find(({ path }) => path === 'README.md');
      const shared = settingsOfAll(services.map(({ settings }) => settings));
      expect(shared.length).toBeGreaterThan(5);
      expect(wrongSettingsTable(readme, '.', shared)).toEqual([]);
    });

    it('tells in every README what the service reads', () => {
      const readmeOf = (folder: string) => files.find(({ path }) => path === `${folder}/README.md`);
      const problems = services.flatMap(({ folder, settings }) =>
        wrongSettingsTable(readmeOf(folder), folder, settings),
      );
      expect(problems).toEqual([]);
    });
  });
});
