import { describe, expect, it } from 'vitest'
import { cells } from '../../cli/options.mjs'
import { helpText, parseOptions } from '../../demo/launch/options.mjs'
import { cellNames } from '../../src'

describe('the options of npm start', () => {
  it('leaves everything open when nothing is given', () => {
    expect(parseOptions([])).toEqual({ help: false, headless: undefined, text: undefined, encoding: undefined, settings: {} })
  })

  it('reads the text file as an option or alone', () => {
    expect(parseOptions(['--text', 'a.txt']).text).toBe('a.txt')
    expect(parseOptions(['a.txt', '--hidden', '64'])).toMatchObject({ text: 'a.txt', settings: { hidden: '64' } })
    expect(parseOptions(['--', '-odd-name']).text).toBe('-odd-name')
  })

  it('reads the encoding of the file, and refuses what is none', () => {
    expect(parseOptions(['a.txt', '--encoding', 'GBK']).encoding).toBe('gb18030')
    expect(() => parseOptions(['a.txt', '--encoding', 'klingon'])).toThrow('--encoding is "klingon", expected a name that TextDecoder knows')
    expect(() => parseOptions(['--encoding', 'gbk'])).toThrow('--encoding came without a text file')
  })

  it('reads every setting', () => {
    const settings = {
      corpus: 'chinese',
      cell: 'gru-reset-after',
      hidden: '256',
      layers: '2',
      steps: '64',
      batch: '16',
      iterations: '30',
      rate: '2e-3',
      schedule: 'constant',
      temperature: '.8',
      symbols: 'graphemes',
      seed: '0',
      prefix: 'The ',
    }
    const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
    expect(parseOptions(args).settings).toEqual(settings)
  })

  it('takes a temperature of 0, but no rate of 0', () => {
    expect(parseOptions(['--temperature', '0']).settings).toEqual({ temperature: '0' })
    expect(() => parseOptions(['--rate', '0'])).toThrow('--rate is "0", expected a number above 0')
  })

  it('knows the cells of the library', () => {
    expect(cells).toEqual(cellNames)
  })

  it('knows where to run', () => {
    expect(parseOptions(['--headless']).headless).toBe(true)
    expect(parseOptions(['--browser']).headless).toBe(false)
  })

  it('gives help', () => {
    expect(parseOptions(['-h']).help).toBe(true)
    for (const option of ['--text', '--cell', '--temperature', '--headless']) expect(helpText()).toContain(option)
  })

  it.each([
    [['--hiden', '5'], '--hiden is not an option. Did you mean --hidden? npm start -- --help lists the options.'],
    [['--zebra'], '--zebra is not an option. npm start -- --help lists the options.'],
    [['-x'], '-x is not an option. npm start -- --help lists the options.'],
    [['--toString'], '--toString is not an option. npm start -- --help lists the options.'],
    [['--hidden'], '--hidden came without a value. Write it as --hidden N.'],
    [['--text'], '--text came without a value. Write it as --text FILE.'],
    [['--hidden', 'many'], '--hidden is "many", expected a whole number of at least 1, such as 32.'],
    [['--hidden', '0'], '--hidden is "0", expected a whole number of at least 1, such as 32.'],
    [['--hidden', '1.5'], '--hidden is "1.5", expected a whole number of at least 1, such as 32.'],
    [['--hidden', '0x10'], '--hidden is "0x10", expected a whole number of at least 1, such as 32.'],
    [['--rate', '-1'], '--rate is "-1", expected a number above 0, such as 0.002.'],
    [['--rate', ''], '--rate is "", expected a number above 0, such as 0.002.'],
    [['--rate', '1e999'], '--rate is "1e999", expected a number above 0, such as 0.002.'],
    [['--temperature', '-0.5'], '--temperature is "-0.5", expected a number of at least 0, such as 0.8.'],
    [['--seed', '4294967296'], '--seed is "4294967296", expected a whole number from 0 to 4294967295.'],
    [['--cell', 'LSTM'], '--cell is "LSTM", expected one of rnn, rnn-relu, gru, gru-reset-after, mgu, lstm.'],
    [['--symbols', 'words'], '--symbols is "words", expected one of characters, graphemes.'],
    [['--headless=yes'], '--headless takes no value, but came with "yes". Leave it out.'],
    [['--seed', '1', '--seed', '2'], '--seed was given twice. Give it once.'],
    [['--headless', '--browser'], '--headless and --browser were both given, and they contradict each other. Give one of them.'],
    [['a.txt', '--corpus', 'english'], '--text and --corpus were both given, and they contradict each other. Give one of them.'],
    [['--text', ''], '--text is empty, expected the path of a file.'],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ name: 'UserError', message }))
  })

  it('refuses a second file', () => {
    expect(() => parseOptions(['a.txt', 'b.txt'])).toThrow('"b.txt" came after the text file "a.txt", expected one file')
  })
})
