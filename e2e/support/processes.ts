import { readdir, readFile } from 'node:fs/promises';

/** Ids of live processes (not zombies) whose environment or command line contains the mark. Linux. */
export async function processesWith(mark: string): Promise<readonly number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(ids.map(async (id) => ((await holdsMark(id, mark)) ? [Number(id)] : [])));
  return found.flat();
}

async function holdsMark(id: string, mark: string): Promise<boolean> {
  const read = (name: string) => readFile(`/proc/${id}/${name}`, 'latin1').catch(() => ''); // it may end during the search
  const [line, environment, status] = await Promise.all([read('cmdline'), read('environ'), read('stat')]);
  return !/\) Z /.test(status) && (line.includes(mark) || environment.includes(mark));
}

/** Ids of live children of a process whose command line contains the text. Linux. */
export async function childrenWith(parent: number, text: string): Promise<readonly number[]> {
  const found = await processesWith(text);
  const parents = await Promise.all(
    found.map(async (id) => {
      const stat = await readFile(`/proc/${id}/stat`, 'latin1').catch(() => '');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]); // the name before it may contain anything
    }),
  );
  return found.filter((_id, index) => parents[index] === parent);
}
