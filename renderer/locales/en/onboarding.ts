/** From the first start to the first message. */
export const onboarding = {
  welcome: {
    title: 'Welcome to Gantry',
    intro:
      'A coding agent that works in your folders. Every command it runs is a live terminal that you can watch, type into, stop or move to the background.',
    done: 'done',
    connectTitle: 'Connect a model',
    connectDetail: 'Add a provider and its API key, or a local server. Keys stay on this computer.',
    connect: 'Connect a model',
    demo: 'Try the offline demo',
    connected: 'Using {name}',
    change: 'Change',
    askTitle: 'Choose an approval mode',
    askDetail: 'You can change it at any time for each session.',
    folderTitle: 'Open a folder',
    folderDetail: 'The agent reads and edits files in this folder. By default, edits and commands wait for your approval.',
    folder: 'Open folder',
  },
  folder: {
    title: 'Open folder',
    detail: 'Enter the path of a folder on the computer that runs Gantry.',
    path: 'Path',
    suggestions: 'Folders',
  },
  trust: {
    title: 'Do you trust {name}?',
    detail: 'A folder can contain files that instruct the agent and start programs.',
    brings: 'This folder contains:',
    bringsNothing: 'This folder has no such files now. If you trust it, files added later are trusted too.',
    untrusted:
      'If you do not trust the folder, Gantry ignores these files. You can still read and edit files and run commands, and change your decision later.',
    holdsHome:
      'This folder contains your home folder. The agent can read your other files here. Gantry asks before it reads known keys and anything in a dot-folder; a project folder is safer.',
    trust: 'Trust this folder',
    distrust: 'Do not trust',
  },
  start: {
    title: 'What should Gantry do in {name}?',
    noModel: 'No model is selected.',
    starters: {
      explain: 'Explain how to build and run this project',
      fix: 'Find and fix a bug with a failing test',
      test: 'Run the tests and explain the failures',
      review: 'Review my uncommitted changes',
    },
    startersLabel: 'Suggestions',
  },
} as const;
