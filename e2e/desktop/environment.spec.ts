import { glob } from 'node:fs/promises';
import { expect, test } from '../support/fixtures.ts';
import { onlyInElectron } from './in-electron.ts';

onlyInElectron();
test.use({ connected: false });

test("commands do not get Electron's own variables, and the log exists from the start", async ({ gantry }) => {
  const { page } = gantry;
  await gantry.openProject();
  const logs: string[] = [];
  for await (const path of glob(`${gantry.home}/.gantry/logs/desktop.log`)) logs.push(path);
  expect(logs).toHaveLength(1);
  await gantry.prompt('!echo "[$GDK_BACKEND][$NO_AT_BRIDGE][$CHROME_DESKTOP][$DISABLE_AUTO_UPDATE][$ZSH_TMUX_AUTOSTART]"');
  await expect(page.getByLabel(/^Output of /)).toHaveText('[][][][][]');
});
