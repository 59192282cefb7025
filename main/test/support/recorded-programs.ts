/**
 * Output of programs on a 60 x 16 terminal, recorded with `script`: htop with two processes, moved down twice and quit; npm
 * installing a folder, listing, running a script and missing one. The image pull is generated (image-pull.ts).
 */
import { imagePull } from './image-pull.ts';

const HTOP = [
  '\x1b[?1049h\x1b[22;0;0t\x1b[1;16r\x1b(B\x1b[m\x1b[4l\x1b[?7h\x1b[?1h\x1b=\x1b[?25l\x1b[39;49m\x1b[?1006;1000h',
  '\x1b[39;49m\x1b(B\x1b[m\x1b[H\x1b[2J\x1b[2d  \x1b[36m  0\x1b[39m\x1b(B\x1b[0;1m[\x1b[90m\x1b[18X\x1b[2;25H0.0%',
  '\x1b[39m]\x1b(B\x1b[m \x1b[36mTasks: \x1b(B\x1b[0;1m\x1b[36m2\x1b(B\x1b[0m\x1b[36m, \x1b(B\x1b[0;1m\x1b[32m0',
  '\x1b(B\x1b[0m\x1b[36m thr\x1b(B\x1b[0;1m\x1b[90m, 0 kthr\x1b(B\x1b[0m\x1b[36m; \x1b(B\x1b[0;1m\x1b[32m2\x1b(B',
  '\x1b[0m\x1b[36m r\x1b[3;3H  1\x1b[39m\x1b(B\x1b[0;1m[\x1b[90m\x1b[18X\x1b[3;25H0.0%\x1b[39m]\x1b(B\x1b[m \x1b[',
  '36mLoad average: \x1b[39m\x1b(B\x1b[0;1m23.34 \x1b[36m19.31 \x1b(B\x1b[0m\x1b[36m15\x1b[4;3HMem\x1b[39m\x1b(B',
  '\x1b[0;1m[\x1b(B\x1b[0m\x1b[32m|||||\x1b(B\x1b[0;1m\x1b[34m|\x1b(B\x1b[0m\x1b[35m|\x1b[33m||\x1b(B\x1b[0;1m',
  '\x1b[90m  4.53G/23.5G\x1b[39m]\x1b(B\x1b[m \x1b[36mUptime: \x1b(B\x1b[0;1m\x1b[36m03:52:43\x1b[5;3H\x1b(B\x1b[',
  '0m\x1b[36mSwp\x1b[39m\x1b(B\x1b[0;1m[\x1b[90m\x1b[17X\x1b[5;24H0K/0K\x1b[39m]\x1b[7;3H\x1b(B\x1b[0m\x1b[32m',
  '\x1b[42m[\x1b[30m\x1b[42mMain\x1b[32m\x1b[42m]\x1b[39;49m\x1b(B\x1b[m \x1b[34m\x1b[44m[\x1b[30m\x1b[44mI/O\x1b',
  '[34m\x1b[44m]\r\x1b[8d\x1b[30m\x1b[42m    PID USER       PRI  NI  VIRT   RES   SHR S \x1b[30m\x1b[46m CPU%▽',
  '\x1b[30m\x1b[42mMEM%\x1b[K\x1b[9;6H\x1b[30m\x1b[46m\x1b[1K 1 root        20   0  2592  1636  1532 S   0.0  0.0',
  '  0\x1b[10;7H\x1b[39;49m\x1b(B\x1b[m2 root\x1b[10;21H20 \x1b(B\x1b[0;1m\x1b[90m  0 \x1b(B\x1b[0m\x1b[36m 4\x1b',
  '[39m\x1b(B\x1b[m976 \x1b[36m 3\x1b[39m\x1b(B\x1b[m864 \x1b[36m 3\x1b[39m\x1b(B\x1b[m320 \x1b[32mR \x1b(B\x1b[0',
  ';1m\x1b[90m  0.0  0.0 \x1b[39m\x1b(B\x1b[m 0\x1b[16;1HF1\x1b[30m\x1b[46mHelp  \x1b[39;49m\x1b(B\x1b[mF2\x1b[30',
  'm\x1b[46mSetup \x1b[39;49m\x1b(B\x1b[mF3\x1b[30m\x1b[46mSearch\x1b[39;49m\x1b(B\x1b[mF4\x1b[30m\x1b[46mFilter',
  '\x1b[39;49m\x1b(B\x1b[mF5\x1b[30m\x1b[46mTree  \x1b[39;49m\x1b(B\x1b[mF6\x1b[30m\x1b[46mSortBy\x1b[39;49m\x1b(',
  'B\x1b[mF7\x1b[30m\x1b[46mNice -\x1b[39;49m\x1b(B\x1b[mF8\x1b[30m\x1b[46mN\x1b[?7li\x1b[?7h\x1b[39;49m\x1b(B',
  '\x1b[m\x1b[2;7H\x1b[32m||||||||||||||||1\x1b[31m00.0%\x1b[3;7H\x1b[32m||||||||||||||||1\x1b[31m00.0%\x1b[4;21H',
  '\x1b(B\x1b[0;1m\x1b[90m7\x1b[4;46H\x1b[36m4\x1b[10;36H\x1b[39m\x1b(B\x1b[m928 \x1b[36m 3\x1b[39m\x1b(B\x1b[m38',
  '4\x1b[16;60H\x1b[2;24H\x1b[32m00\x1b[3;7H\x1b(B\x1b[0;1m\x1b[34m|\x1b[3;24H\x1b(B\x1b[0m\x1b[32m0\x1b[4;20H',
  '\x1b(B\x1b[0;1m\x1b[90m62\x1b[4;46H\x1b[36m5\x1b[10;37H\x1b[39m\x1b(B\x1b[m32\x1b[16;60H\x1b[2;25H\x1b[31m0',
  '\x1b[3;7H\x1b[32m|\x1b[3;25H0\x1b[4;46H\x1b(B\x1b[0;1m\x1b[36m6\x1b[16;60H\x1b[39m\x1b(B\x1b[m\x1b[9;6H\x1b[1K',
  ' 1 root        20 \x1b(B\x1b[0;1m\x1b[90m  0 \x1b(B\x1b[0m\x1b[36m 2\x1b[39m\x1b(B\x1b[m592 \x1b[36m 1\x1b[39m',
  '\x1b(B\x1b[m636 \x1b[36m 1\x1b[39m\x1b(B\x1b[m532 \x1b(B\x1b[0;1m\x1b[90mS   0.0  0.0 \x1b[39m\x1b(B\x1b[m 0',
  '\x1b[16;60H\x1b[9;6H\x1b[30m\x1b[46m\x1b[1K 1 root        20   1  2592  1636  1532 S   0.0  0.0  0\x1b[16;60H',
  '\x1b[39;49m\x1b(B\x1b[m\x1b[9;6H\x1b[1K 1 root        20 \x1b[32m  1 \x1b[36m 2\x1b[39m\x1b(B\x1b[m592 \x1b[36',
  'm 1\x1b[39m\x1b(B\x1b[m636 \x1b[36m 1\x1b[39m\x1b(B\x1b[m532 \x1b(B\x1b[0;1m\x1b[90mS   0.0  0.0 \x1b[39m\x1b(',
  'B\x1b[m 0\x1b[16;60H\x1b[9;6H\x1b[30m\x1b[46m\x1b[1K 1 root        20   2  2592  1636  1532 S   0.0  0.0  0',
  '\x1b[16;60H\x1b[39;49m\x1b(B\x1b[m\x1b[2;24H\x1b[31m0\x1b[3d0\x1b[3;46H\x1b[39m\x1b(B\x1b[0;1m2.91 \x1b[36m19.',
  '29\x1b[4;21H\x1b[90m4\x1b[9d\x1b(B\x1b[0m\x1b[30m\x1b[46m2\x1b[16;60H\x1b[39;49m\x1b(B\x1b[m\r\x1b[J\x1b[?12l',
  '\x1b[?25h\x1b[?1006;1000l\x1b[16;1H\x1b[?1049l\x1b[23;0;0t\r\x1b[?1l\x1b>Can not save configuration to /home/d',
  'emo/.config/htop/htoprc: No such file or directory\r',
].join('');

const NPM = [
  '\x1b[1mnpm\x1b[22m \x1b[33mwarn\x1b[39m \x1b[94mdeprecated inflight@1.0.6: This module is not supported, and l',
  'eaks memory.\x1b[39m\r\n⠙\x1b[1G\x1b[0K⠹\x1b[1G\x1b[0K⠸\x1b[1G\x1b[0K⠼\x1b[1G\x1b[0K⠴\x1b[1G\x1b[0K\r\nadded 1',
  ' package in 2s\r\n⠴\x1b[1G\x1b[0K\x1b[1mnpm\x1b[22m \x1b[33mwarn\x1b[39m \x1b[94mdeprecated inflight@1.0.6: Th',
  'is module is not supported, and leaks memory.\x1b[39m\r\n⠙\x1b[1G\x1b[0K⠹\x1b[1G\x1b[0K\x1b[0mdemo@1.0.0 /home',
  '/demo/site\x1b[0m\r\n\x1b[0m└── dep@1.0.0 -> ./dep\x1b[0m\r\n\x1b[0m\x1b[0m\r\n⠹\x1b[1G\x1b[0K\x1b[1mnpm\x1b[2',
  '2m \x1b[33mwarn\x1b[39m \x1b[94mdeprecated inflight@1.0.6: This module is not supported, and leaks memory.\x1b',
  '[39m\r\n\r\n> demo@1.0.0 dev\r\n> node -e 1\r\n\r\n⠙\x1b[1G\x1b[0K\x1b[1mnpm\x1b[22m \x1b[33mwarn\x1b[39m \x1b',
  '[94mdeprecated inflight@1.0.6: This module is not supported, and leaks memory.\x1b[39m\r\n\x1b[1mnpm\x1b[22m ',
  '\x1b[31merror\x1b[39m Missing script: "nothing"\r\n\x1b[1mnpm\x1b[22m \x1b[31merror\x1b[39m\r\n\x1b[1mnpm\x1b[',
  '22m \x1b[31merror\x1b[39m To see a list of scripts, run:\r\n\x1b[1mnpm\x1b[22m \x1b[31merror\x1b[39m   npm run',
  '\r\n\x1b[1mnpm\x1b[22m \x1b[31merror\x1b[39m A complete log of this run can be found in: /home/demo/.npm/_logs',
  '/2026-11-21T16_09_33_263Z-debug-0.log\r',
].join('');

export const PROGRAMS: Readonly<Record<string, string>> = { htop: HTOP, npm: NPM, 'an image pull of six layers': imagePull(60) };
