/** Where a value comes from: the layer that takes precedence, and those that it hides. Pure. */
import type { SettingsLayer } from './settings-layers.ts';
import type { LookupEnvironment, ValueOrigin } from './settings-api.ts';
import { valueAt } from './value-at.ts';
import { defined } from '../../../preload/contract/index.ts';

/** The layers that have a value under this path, the effective one first. Combined lists name all of them. */
export function originsInLayers(layers: readonly SettingsLayer[], path: readonly string[]): readonly ValueOrigin[] {
  return layers
    .filter((layer) => layer.file.used)
    .toReversed()
    .flatMap((layer) => {
      const written = valueAt(layer.value, path);
      if (written === undefined) return [];
      return [{ source: layer.file.scope, path: layer.file.path, ...layer.placeOf(path), written }];
    });
}

/** The first of these variables that is set, in the process environment and then in `.env`; `settings.env` belongs to a layer. */
export function originsInEnvironment(environment: LookupEnvironment, names: readonly string[]): readonly ValueOrigin[] {
  return names.flatMap((variable): ValueOrigin[] => {
    const own = environment.process[variable];
    const dotenv = environment.dotenv[variable];
    const path = environment.dotenvPath;
    return [
      ...(own ? [{ source: 'environment' as const, variable, written: own }] : []),
      ...(dotenv ? [{ source: 'dotenv' as const, variable, written: dotenv, ...defined({ path }) }] : []),
    ];
  });
}
