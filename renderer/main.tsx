import './styles/main.css';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { connect } from './rpc/index.ts';
import { createStores, recallUi, rememberUi } from './stores/index.ts';

const stores = createStores(connect(), recallUi(localStorage));
rememberUi(stores.ui, localStorage);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App stores={stores} />);
