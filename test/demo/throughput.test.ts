// The speed of a training, and the time that is left, are those of its usual steps.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ThroughputMeter } from '../../demo/worker/throughput'

let now = 0
beforeEach(() => {
  now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => void vi.restoreAllMocks())

/** Steps of so many milliseconds. */
function take(meter: ThroughputMeter, milliseconds: number, steps: number, compiled = false): void {
  for (let i = 0; i < steps; i++) {
    now += milliseconds
    meter.tick(compiled)
  }
}

it('knows nothing before a few steps, and never counts one that compiles', () => {
  const meter = new ThroughputMeter()
  take(meter, 25_000, 1, true)
  expect([meter.stepsPerSecond, meter.secondsPerStep]).toEqual([null, null])
  meter.begin()
  take(meter, 20, 4)
  expect(meter.secondsPerStep).toBeNull()
  // The last minibatch of an epoch may need kernels of its own.
  take(meter, 4000, 1, true)
  take(meter, 20, 1)
  expect(meter.stepsPerSecond).toBeCloseTo(50)
  expect(meter.secondsPerStep).toBeCloseTo(0.02)
  take(meter, 20, 45)
  expect(meter.secondsPerStep).toBeCloseTo(0.02)
})

it('leaves evaluations out of the speed, and counts them in the time that is left', () => {
  const meter = new ThroughputMeter()
  meter.begin()
  take(meter, 10, 30)
  now += 300
  meter.resume()
  take(meter, 10, 30)
  expect(meter.stepsPerSecond).toBeCloseTo(100)
  expect(meter.secondsPerStep).toBeCloseTo(0.015)
})

it('follows a change of the speed within seconds, however slow the steps are', () => {
  const meter = new ThroughputMeter()
  take(meter, 10, 400)
  take(meter, 100, 40)
  expect(meter.stepsPerSecond).toBeCloseTo(10)
  take(meter, 2000, 6)
  expect(meter.stepsPerSecond).toBeCloseTo(0.5)
})
