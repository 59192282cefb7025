/** Text of models, programs and file names, shown as it is. */
export { CommandMarks } from './CommandMarks.tsx';
export { ExactText } from './ExactText.tsx';
