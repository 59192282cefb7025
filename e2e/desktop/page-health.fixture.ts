/** A window with page health checks and nothing else: an entry for run-main.ts. */
import { BrowserWindow } from 'electron';
import { keepPageAlive } from '../../main/desktop/page-health.ts';
import { silentLogger } from '../../main/local/logger.ts';

keepPageAlive(new BrowserWindow({}), { logger: silentLogger, logPath: '/logs/desktop.log' });
