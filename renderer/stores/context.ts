import { createContext, use } from 'react';
import type { Stores } from './stores.ts';

const StoresContext = createContext<Stores | undefined>(undefined);

/** Provides the stores to the components below. */
export const StoresProvider = StoresContext.Provider;

export function useStores(): Stores {
  const stores = use(StoresContext);
  if (!stores) throw new Error('No StoresProvider above this component.');
  return stores;
}
