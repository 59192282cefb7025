import './styles/main.css';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { loadLanguage } from './i18n.ts';
import { connect } from './rpc/index.ts';
import { createStores, recallUi, rememberUi } from './stores/index.ts';

const stores = createStores(connect(), recallUi(localStorage, sessionStorage));
rememberUi(stores.ui, localStorage, sessionStorage);

document.documentElement.lang = await loadLanguage(navigator.language);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App stores={stores} />);
