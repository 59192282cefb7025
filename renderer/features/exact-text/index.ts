/** Text of models, programs and file names, shown as it is. */
export { ExactText } from './ExactText.tsx';
