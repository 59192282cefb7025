/** The sentences of the first steps in one place, so that a second language can follow. */
export const onboardingStrings = {
  welcome: {
    title: 'Welcome to Gantry',
    intro: 'An agent that works in your folders. Every command it runs is a live terminal you can watch, answer, stop or move aside.',
    done: 'done',
    connectTitle: 'Connect a model',
    connectDetail: 'A provider and its key, or a local server. Keys stay on this computer.',
    connect: 'Connect a model',
    demo: 'Try the offline demo',
    connected: (name: string) => `Uses ${name}`,
    change: 'Change',
    askTitle: 'How much to ask',
    askDetail: 'You can change this at any time, for each session.',
    folderTitle: 'Open a folder',
    folderDetail: 'The agent reads and works in there. Nothing changes without your yes unless you say so.',
    folder: 'Open folder',
  },
  folder: {
    title: 'Open a folder',
    detail: 'The path of a folder on the computer that Gantry runs on.',
    path: 'Path',
    open: 'Open',
    cancel: 'Cancel',
    suggestions: 'Folders',
  },
  trust: {
    title: (name: string) => `Do you trust ${name}?`,
    detail: 'A folder can bring files that tell the agent what to do and which programs to start.',
    brings: 'This one brings:',
    bringsNothing: 'This one brings none right now; what is added later counts too.',
    untrusted:
      'If you do not trust it, Gantry leaves those files aside. You can still read, edit and run commands, and decide again later.',
    trust: 'Trust this folder',
    distrust: 'Do not trust',
  },
  start: {
    title: (name: string) => `What shall we do in ${name}?`,
    noModel: 'No model is chosen yet.',
    starters: [
      'Explain how this project is built and run',
      'Find and fix a bug with a failing test',
      'Run the tests and tell me what fails',
      'Review my uncommitted changes',
    ],
    startersLabel: 'Suggestions',
  },
} as const;
