// A breast under ultrasound: severity makes a lesion tall, ragged and shadowing instead of flat, smooth
// and enhancing.

extension PhantomPen {
  mutating func ultrasound(_ size: Int) -> Image {
    let tissue = Noise(&own)
    let margin = Noise(&own)
    let speckle = Noise(&view)
    let gain = 1 + 0.3 * shift()
    let skin = look(0.05...0.08)
    let fat = look(0.2...0.32)
    let muscle = look(0.8...0.88)
    let severe = min(max(severity, 0), 1.2)
    let lesion = Lesion(
      x: chance(0.36...0.64), y: chance(0.45...0.56), radius: look(0.13...0.17), severe: severe)
    var canvas = Canvas(size: size) { x, y in
      let depth = y + 0.025 * tissue.value(x, 0.3, cells: 4, octaves: 2)
      var echo: Double
      if depth < skin {
        echo = 0.8
      } else if depth < fat {
        echo = 0.26 + 0.1 * tissue.value(x, y * 3, cells: 5, octaves: 2)
      } else if depth < muscle {
        echo = 0.46 + 0.22 * tissue.value(x * 0.8, y * 2.4, cells: 5, octaves: 3)
      } else {
        echo = 0.3 + 0.2 * tissue.value(x * 0.5, y * 5, cells: 6, octaves: 2)
      }
      for boundary in [fat, muscle] { echo += 0.3 * Self.ridge(depth - boundary, 0.014) }
      echo = lesion.echo(x, y, over: echo, margin: margin) * (1.05 - 0.4 * y)
      let grain = speckle.value(x * 0.7, y * 1.4, cells: 26, octaves: 2)
      let value = echo * (1 + 0.6 * grain) * gain
      return (value, value, value)
    }
    if hasArtefact() { callipers(lesion, on: &canvas) }
    return canvas.image(channels: 1, grain: 0.04, &view)
  }

  /// 1 at 0, falling to 0 at ± `width`.
  private static func ridge(_ distance: Double, _ width: Double) -> Double {
    let t = max(0, 1 - abs(distance) / width)
    return t * t
  }

  /// The measuring crosses that examiners leave in the picture.
  private func callipers(_ lesion: Lesion, on canvas: inout Canvas) {
    for side in [-1.0, 1.0] {
      let x = lesion.x + side * (lesion.halfWidth + 0.03)
      for (dx, dy) in [(0.025, 0.0), (0.0, 0.025)] {
        canvas.stroke(
          from: (x - dx, lesion.y - dy), to: (x + dx, lesion.y + dy), bend: 0, halfWidth: 0.004,
          colour: (1, 1, 1), opacity: 0.9)
      }
    }
  }

  /// A dark lump: its outline and what it does to the sound behind it.
  private struct Lesion {
    let x: Double
    let y: Double
    let radius: Double
    let severe: Double
    private let stretch: Double

    init(x: Double, y: Double, radius: Double, severe: Double) {
      self.x = x
      self.y = y
      self.radius = radius
      self.severe = severe
      // Width over height: 1.7 where benign, 0.75 where malignant.
      stretch = (1.7 - 0.8 * severe).squareRoot()
    }

    var halfWidth: Double { radius * stretch }

    func echo(_ px: Double, _ py: Double, over tissue: Double, margin: Noise) -> Double {
      let dx = (px - x) / stretch
      let dy = (py - y) * stretch
      let distance = (dx * dx + dy * dy).squareRoot()
      let turn = Canvas.turns(dy, dx)
      let (c, s) = (Canvas.cosine(turn), Canvas.sine(turn))
      let ragged = margin.value(0.5 + c / 3, 0.5 + s / 3, cells: 6, octaves: 2)
      let reach = radius * (1 + (0.05 + 0.4 * severe) * ragged)
      let inside = Canvas.step(reach - distance, 0.015 + 0.04 * severe)
      let behind =
        Canvas.step(halfWidth * 0.9 - abs(px - x), 0.08) * Canvas.step(py - y - radius / 3, 0.15)
      var echo = tissue * (1 + behind * (0.45 - 0.95 * severe) * (1 - inside))
      echo += 0.25 * severe * PhantomPen.ridge(distance - reach - 0.025, 0.04)
      return echo + inside * (0.1 + 0.05 * ragged - echo)
    }
  }
}
