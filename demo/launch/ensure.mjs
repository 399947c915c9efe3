// What `npm start` and `npm test` need before they can begin: the npm packages and a Chrome.
export { chromeArguments } from './chrome-arguments.mjs'
export { ensureChrome, projectRoot } from './chrome.mjs'
export { whileEnding } from './ending.mjs'
export { runCommand, UserError } from './errors.mjs'
export { ensurePackages } from './packages.mjs'
