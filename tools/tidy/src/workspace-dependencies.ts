import type { FileImports } from './imports.js';
import type { ImportGraph } from './import-circles.js';
import type { RepositoryFile } from './repository.js';

const SCOPE = '@tiepsuc/';

interface Declared {
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** What is run or loaded by name, and so cannot be seen in an import. */
  readonly implicit: readonly string[];
}

/**
 * Every package.json declares exactly the projects that its sources import: Nx reads nothing else to know what is
 * affected by a change, in which order to build, and whether a cached result still holds.
 */
export function wrongDependencies(files: readonly RepositoryFile[], imports: readonly FileImports[]): string[] {
  const projects = declaredIn(files);
  return projects.flatMap((project) => {
    const own = imports.filter(({ folder }) => folder === project.folder);
    const shipped = importedBy(own.filter(({ isTest }) => !isTest));
    const inTests = importedBy(own).filter((name) => !shipped.includes(name));
    return [
      ...difference(project, 'dependencies', shipped),
      ...difference(project, 'devDependencies', inTests),
      ...project.implicit
        .filter((name) => !projects.some((other) => other.name === name))
        .map((name) => `${project.folder}/package.json: implicitDependencies names ${name}, which is no project.`),
    ];
  });
}

/** Who depends on whom, by name, as declared. */
export function projectGraph(files: readonly RepositoryFile[]): ImportGraph {
  return new Map(
    declaredIn(files).map(({ name, dependencies, devDependencies, implicit }) => [
      name,
      [...dependencies, ...devDependencies, ...implicit],
    ]),
  );
}

function declaredIn(files: readonly RepositoryFile[]): Declared[] {
  return files
    .filter(({ path }) => /^(apps|libs|tools)\/[^/]+\/package\.json$/.test(path))
    .map(({ path, text }) => {
      const manifest = JSON.parse(text) as {
        name: string;
        dependencies?: object;
        devDependencies?: object;
        nx?: { implicitDependencies?: string[] };
      };
      return {
        folder: path.replace('/package.json', ''),
        name: manifest.name,
        dependencies: ours(manifest.dependencies),
        devDependencies: ours(manifest.devDependencies),
        implicit: manifest.nx?.implicitDependencies ?? [],
      };
    });
}

function ours(declared: object | undefined): string[] {
  return Object.keys(declared ?? {}).filter((name) => name.startsWith(SCOPE));
}

function importedBy(files: readonly FileImports[]): string[] {
  const names = files.flatMap(({ specifiers }) => specifiers.filter((specifier) => specifier.startsWith(SCOPE)));
  return [...new Set(names.map((specifier) => specifier.split('/').slice(0, 2).join('/')))].sort();
}

function difference(
  project: Declared,
  kind: 'dependencies' | 'devDependencies',
  imported: readonly string[],
): string[] {
  const declared = project[kind];
  const where = `${project.folder}/package.json`;
  return [
    ...imported
      .filter((name) => !declared.includes(name))
      .map((name) => `${where}: add "${name}": "*" to ${kind}, then run npm run lock.`),
    ...declared
      .filter((name) => !imported.includes(name))
      .map((name) => `${where}: remove ${name} from ${kind}: no source imports it.`),
  ];
}
