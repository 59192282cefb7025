import { expect, test } from 'vitest';
import { toRunEnvironment } from './run-environment.ts';

test('only variables that name no program, file or code are kept', () => {
  const kept = { HOME: '/home/me', USER: 'me', LANG: 'de_DE.UTF-8', LC_TIME: 'C', TERM: 'xterm', NODE_ENV: 'test' };
  const dropped = {
    PATH: '/p/node_modules/.bin:/bin',
    BASH_ENV: '/p/x',
    ENV: '/p/x',
    'BASH_FUNC_ls%%': '() { x; }',
    SHELLOPTS: 'xtrace',
    BASHOPTS: 'extglob',
    IFS: '/',
    GLOBIGNORE: '*',
    CDPATH: '/etc',
    LD_PRELOAD: './x.so',
    DYLD_INSERT_LIBRARIES: './x',
    GREP_OPTIONS: '-r',
    LESSOPEN: '|x',
    RIPGREP_CONFIG_PATH: './x',
    GIT_DIR: './x',
    GIT_EXTERNAL_DIFF: './x',
    PAGER: './x',
    NODE_OPTIONS: '--require ./x',
    SOME_TOKEN: 'x',
    TZ: ':/etc/passwd',
    LC_ALL: '../x',
  };
  const env = toRunEnvironment({ ...kept, ...dropped }, { folders: ['/bin', '/usr/bin'], filters: ['lfs'] });
  expect(env).toMatchObject({ ...kept, PATH: '/bin:/usr/bin', GIT_PAGER: 'cat', GIT_ALLOW_PROTOCOL: '' });
  for (const name of Object.keys(dropped)) if (name !== 'PATH') expect(env).not.toHaveProperty([name]);
  const settings = Array.from(
    { length: Number(env['GIT_CONFIG_COUNT']) },
    (_, at) => `${env[`GIT_CONFIG_KEY_${at}`]}=${env[`GIT_CONFIG_VALUE_${at}`]}`,
  );
  expect(settings).toEqual(
    expect.arrayContaining(['core.fsmonitor=false', 'safe.bareRepository=explicit', 'filter.lfs.process=', 'filter.lfs.required=false']),
  );
});
