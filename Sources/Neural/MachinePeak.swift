// What this computer can do at best, measured: the yardstick for every speed.

import CNeuralKernels

/// Multiply-adds and memory traffic that all threads together reach in loops that do nothing else.
public struct MachinePeak: Sendable, Equatable {
  public let threads: Int
  /// Billions of single-precision operations per second (two per multiply-add).
  public let gigaflops: Double
  /// The same for products of bfloat16; nil where the CPU has no instructions for them.
  public let bfloat16Gigaflops: Double?
  /// Billions of bytes read per second from memory far larger than the caches.
  public let gigabytesPerSecond: Double

  /// Measures for about half a second. Other programs that run meanwhile lower the result.
  /// - Parameter threads: threads of the machine to use; 0 means all.
  public static func measure(threads: Int = 0) -> MachinePeak {
    let count = threads == 0 ? Machine.processors : threads
    Kernels.setThreads(count)
    func best(_ run: () -> Double) -> Double {
      var best = 0.0
      for _ in 0..<5 {
        let start = Clock.seconds
        let work = run()
        best = max(best, work / (Clock.seconds - start) / 1e9)
      }
      return best
    }
    let rounds = 1 << 20
    let single = best { nk_peak_float(rounds, Int32(count)) }
    let half = best { nk_peak_half(rounds, Int32(count)) }
    let buffer = Buffer(persistent: 256 << 20)
    nk_scale(buffer.floats, buffer.floats, 1, 64 << 20)
    let bytes = withExtendedLifetime(buffer) {
      best {
        _ = nk_peak_read(buffer.floats, 64 << 20)
        return 268_435_456
      }
    }
    return MachinePeak(
      threads: count, gigaflops: single, bfloat16Gigaflops: half > 0 ? half : nil,
      gigabytesPerSecond: bytes)
  }
}
