// The example of a time series in headless Chrome: node test/bench/series/main.mjs [series.json]. It prints the errors of the forecasts, and writes
// the series with its settings, for pytorch.py to train the same network on.
import { writeFileSync } from 'node:fs'
import { inChrome, runModule } from '../../../demo/launch/in-chrome.mjs'
import { projectRoot } from '../../../demo/launch/ensure.mjs'

const [file] = process.argv.slice(2)

await inChrome({ server: { root: projectRoot }, chrome: { protocolTimeout: 0 } }, async (page, origin) => {
  page.on('console', (line) => console.log(line.text()))
  const { errors, ...series } = await runModule(page, `${origin}/demo/script.html`, '/test/bench/series/page.ts')
  for (const [name, { mae, rmse }] of Object.entries(errors)) console.log(`${name.padEnd(10)} MAE ${mae.toFixed(2)}  RMSE ${rmse.toFixed(2)}`)
  if (file) writeFileSync(file, JSON.stringify(series))
})
