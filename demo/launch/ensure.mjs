// What `npm start` and `npm test` need before they can begin: the npm packages and a Chrome.
export { chromeArguments } from '../../cli/chrome/chrome-arguments.mjs'
export { ensureChrome, projectRoot } from '../../cli/chrome/chrome.mjs'
export { whileEnding } from '../../cli/ending.mjs'
export { runCommand, UserError } from '../../cli/errors.mjs'
export { ensurePackages } from './packages.mjs'
