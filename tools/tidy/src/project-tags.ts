import type { RepositoryFile } from './repository.js';

/** A folder of apps/, libs/ or tools/ that has a package.json. */
export interface Project {
  readonly folder: string;
  readonly name: string;
  readonly tags: readonly string[];
}

export function projectsIn(files: readonly RepositoryFile[]): Project[] {
  return files
    .filter(({ path }) => /^(apps|libs|tools)\/[^/]+\/package\.json$/.test(path))
    .map(({ path, text }) => {
      const manifest = JSON.parse(text) as { name: string; nx?: { tags?: string[] } };
      return { folder: path.replace('/package.json', ''), name: manifest.name, tags: manifest.nx?.tags ?? [] };
    });
}

/** Folders of the projects that carry `type:<type>`. */
export function foldersOfType(files: readonly RepositoryFile[], type: string): string[] {
  return projectsIn(files)
    .filter(({ tags }) => tags.includes(`type:${type}`))
    .map(({ folder }) => folder);
}

/** Every project has exactly one `type:` tag that the linter's policy knows, and is named after its folder. */
export function wrongProjects(files: readonly RepositoryFile[], knownTypes: readonly string[]): string[] {
  return projectsIn(files).flatMap(({ folder, name, tags }) => {
    const types = tags.filter((tag) => tag.startsWith('type:')).map((tag) => tag.slice('type:'.length));
    const problems: string[] = [];
    if (types.length !== 1)
      problems.push(`${folder}/package.json: nx.tags needs exactly one "type:" tag, it has ${types.length}.`);
    for (const type of types) {
      if (!knownTypes.includes(type))
        problems.push(`${folder}/package.json: type:${type} has no row in tools/lint/policy.mjs.`);
    }
    if (!name.startsWith('@tiepsuc/')) problems.push(`${folder}/package.json: name it @tiepsuc/<name>, not ${name}.`);
    return problems;
  });
}
