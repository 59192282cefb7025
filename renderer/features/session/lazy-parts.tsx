import { lazy } from 'react';

// No part of a session is needed for the first paint. Each is loaded when it is first shown; put it in a Suspense.
export const SessionScreen = lazy(() => import('./SessionScreen.tsx').then((module) => ({ default: module.SessionScreen })));
export const Composer = lazy(() => import('./composer/Composer.tsx').then((module) => ({ default: module.Composer })));
export const PlanPanel = lazy(() => import('./PlanPanel.tsx').then((module) => ({ default: module.PlanPanel })));
export const DiffView = lazy(() => import('./transcript/DiffView.tsx').then((module) => ({ default: module.DiffView })));
