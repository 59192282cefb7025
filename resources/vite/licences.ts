/**
 * The licences of what ships: Gantry's own, then name, version and text of each package that the build took something from, or that
 * is loaded from node_modules. The build writes them to dist/licences.txt, without network.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Plugin } from 'vite';

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly needs: readonly string[];
}

/** Notes the packages of all modules of a build; `write` adds the production dependencies of the package in `root`. */
export function collectLicences(root: string): { readonly plugin: Plugin; readonly write: (path: string) => void } {
  const folders = new Set<string>();
  return {
    plugin: {
      name: 'collect-licences',
      apply: 'build',
      generateBundle(_options, bundle) {
        const files = Object.values(bundle).flatMap((file) => (file.type === 'asset' ? file.originalFileNames : []));
        for (const path of [...this.getModuleIds(), ...files]) {
          const folder = packageFolder(resolve(this.environment.config.root, path)); // an asset's path is relative
          if (folder !== undefined) folders.add(folder);
        }
      },
    },
    write: (path) => writeFileSync(path, licencesOf(root, [...folders])),
  };
}

/** The folder of the package in node_modules that holds this file, or undefined. Pure. */
export function packageFolder(path: string): string | undefined {
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/@.][^/]*)\//.exec(path.replaceAll('\\', '/'))?.[1];
}

/** The text for the packages in `folders` and all production dependencies of the package in `root`. */
export function licencesOf(root: string, folders: readonly string[]): string {
  const found = new Map<string, Package>();
  const add = (folder: string): void => {
    const read = readPackage(folder);
    if (read === undefined || found.has(`${read.name} ${read.version}`)) return;
    found.set(`${read.name} ${read.version}`, read);
    addNeeds(folder, read.needs);
  };
  const addNeeds = (from: string, names: readonly string[]): void => {
    for (const name of names) {
      const folder = resolvePackage(from, name);
      if (folder !== undefined) add(folder); // an optional dependency of another system is not installed
    }
  };
  const own = readPackage(root);
  addNeeds(root, own?.needs ?? []);
  for (const folder of folders) add(folder);
  const byName = [...found.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
  const parts = byName.map((each) => `${each.name} ${each.version} (${each.license})\n\n${licenceText(each.folder)}`);
  return [`${own?.name} ${own?.version} (${own?.license})\n\n${licenceText(root)}`, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`);
}

function readPackage(folder: string): Package | undefined {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  const { name, version, license, ...others } = JSON.parse(readFileSync(path, 'utf8')) as { readonly [field: string]: unknown };
  if (typeof name !== 'string' || typeof version !== 'string') return undefined; // a folder of files inside a package
  return {
    folder,
    name,
    version,
    license: typeof license === 'string' ? license : 'see its text',
    needs: [others['dependencies'], others['optionalDependencies']].flatMap((names) => Object.keys(names ?? {})),
  };
}

/** As Node looks it up, from the folder of the package that needs it. */
function resolvePackage(from: string, name: string): string | undefined {
  const folder = join(from, 'node_modules', name);
  if (existsSync(folder)) return folder;
  return dirname(from) === from ? undefined : resolvePackage(dirname(from), name);
}

function licenceText(folder: string): string {
  const files = readdirSync(folder, { withFileTypes: true }).filter(
    (file) => file.isFile() && /^(licen[cs]e|copying|notice)/i.test(file.name),
  );
  if (files.length === 0) return 'The package holds no text of its licence.';
  return files.map(({ name }) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n');
}
