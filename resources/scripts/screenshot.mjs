/**
 * `npm run screenshot`: makes the pictures of the README from the built app: a real server, a scripted model, real commands, a
 * real browser. Run it after a visual change, then check the result.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { chromium } from 'playwright';
import { findBrowser, sandboxArguments } from './lib/browser.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { assertNode, ROOT } from './lib/run.mjs';

assertNode();
if (!(await ensureBuilt())) process.exit(1);

const scratch = mkdtempSync(join(tmpdir(), 'gantry-picture-'));
const project = join(scratch, 'shop-api');
cpSync(join(ROOT, 'e2e/fixtures/shop-api'), project, { recursive: true });

const model = new LLMock({ port: 0 });
model.on({ predicate: () => true }, (request) => answers(request));
await model.start();
mkdirSync(join(scratch, '.qwen'));
const settings = {
  modelProviders: { openai: [{ id: 'qwen3-coder-plus', baseUrl: `${model.url}/v1` }] },
  model: { name: 'qwen3-coder-plus' },
  tools: { approvalMode: 'yolo' },
};
writeFileSync(join(scratch, '.qwen/settings.json'), JSON.stringify(settings));

const server = spawn(process.execPath, [join(ROOT, 'dist/main/cli.js'), 'serve', '--port', '0', '--trust', project], {
  env: { PATH: process.env.PATH, HOME: scratch, SHELL: '/bin/bash', LANG: 'C.UTF-8' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const address = await new Promise((resolve) => server.stdout.on('data', (data) => resolve(/http\S+/.exec(String(data))?.[0])));
const browser = await chromium.launch({ executablePath: findBrowser(), args: [...sandboxArguments(), '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  await page.goto(address);
  await page.getByRole('textbox', { name: 'Message' }).fill('Failed webhook deliveries are dropped. Retry them with backoff.');
  await page.keyboard.press('Enter');
  await page.getByText('gives up after eight tries').first().waitFor();
  await page.getByRole('button', { name: /^Move to background/ }).waitFor();
  await page.getByRole('option', { name: /npm run dev/ }).click();
  await page.getByText('after 3 tries').first().waitFor();
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    await page.mouse.move(640, 5);
    await page.waitForTimeout(600); // the theme's colours reach the terminals one frame later
    await page.screenshot({ path: join(ROOT, `docs/gantry-${colorScheme}.png`) });
  }
} finally {
  await browser.close();
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  await model.stop();
  rmSync(scratch, { recursive: true, force: true });
}

/** The answers of the model, by their number. */
function answers({ messages }) {
  const given = messages.filter(({ role }) => role === 'assistant').length;
  const call = (name, input) => ({ name, arguments: JSON.stringify(input) });
  const file = (name) => join(project, name);
  const steps = [
    { toolCalls: ['package.json', 'src/deliver.js', 'src/queue.js'].map((name) => call('read_file', { file_path: file(name) })) },
    {
      toolCalls: [
        call('edit', {
          file_path: file('src/deliver.js'),
          old_string: '  await post(delivery);\n',
          new_string:
            '  const response = await post(delivery);\n  if (response.status >= 500) queue.retry(delivery, backoff(delivery.tries));\n',
        }),
        call('run_shell_command', { command: 'npm run dev', is_background: true }),
      ],
    },
    {
      content:
        'The dev server is up on port 3000. Deliveries now go through a queue with **exponential backoff**; I am running the tests to see whether the old callers still hold.',
      toolCalls: [call('run_shell_command', { command: 'npm test' })],
    },
  ];
  return steps[given] ?? { content: 'Done.' };
}
