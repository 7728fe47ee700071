// Stained tissue: severity crowds, enlarges and disorders the nuclei and dissolves the glands.

extension PhantomPen {
  mutating func histology(_ size: Int) -> Image {
    let stain = Stain(&self)
    let fibres = Noise(&view)
    let severe = min(max(severity, 0), 1)
    // Concentrations of haematoxylin and eosin are drawn, then turned into light as a stain does.
    var canvas = Canvas(size: size) { x, y in
      let e = 0.55 + 0.35 * fibres.value(x, y, cells: 5, octaves: 3)
      return (0.04, e, 0)
    }
    let glands = glandCentres(severe)
    for gland in glands {
      canvas.disc(
        x: gland.x, y: gland.y, radius: gland.radius * 0.62, colour: (0, 0.06, 0), opacity: 0.9,
        softness: 0.03)
    }
    let count = Int(look(34...50) * (0.75 + 0.9 * severe))
    for i in 0..<count {
      let inGland = !glands.isEmpty && view.chance(0.85 - 0.8 * severe)
      var place = (x: chance(0...1), y: chance(0...1))
      if inGland {
        let gland = glands[i % glands.count]
        let turn = chance(0...1)
        let radius = gland.radius * chance(0.78...0.96)
        place = (
          gland.x + radius * Canvas.cosine(turn), gland.y + radius * Canvas.sine(turn)
        )
      }
      nucleus(at: place, severe, on: &canvas)
    }
    if hasArtefact() { fold(on: &canvas) }
    return stain.lit(canvas, grain: 0.02, &view)
  }

  private mutating func glandCentres(
    _ severe: Double
  ) -> [(x: Double, y: Double, radius: Double)] {
    var centres: [(Double, Double, Double)] = []
    for _ in 0..<3 where !view.chance(severe * 0.5) {
      centres.append((chance(0.15...0.85), chance(0.15...0.85), look(0.13...0.22)))
    }
    return centres
  }

  private mutating func nucleus(
    at place: (x: Double, y: Double), _ severe: Double, on canvas: inout Canvas
  ) {
    let spread = 0.1 + 0.5 * severe
    let radius = (0.018 + 0.012 * severe) * (1 + spread * view.normal() * 0.5)
    let size = min(max(radius, 0.009), 0.06)
    let stretch = 1 + chance(0...0.5 + 0.6 * severe)
    let turn = chance(0...1)
    let (c, s) = (Canvas.cosine(turn), Canvas.sine(turn))
    let dark = 0.75 + 0.35 * severe + chance(-0.15...0.15)
    let edge = max(0.008, 1 / Double(canvas.size))
    canvas.paint(x: place.x, y: place.y, reach: size * stretch + edge, colour: (dark, 0.35, 0)) {
      px, py in
      let dx = px - place.x
      let dy = py - place.y
      let along = (dx * c + dy * s) / stretch
      let across = -dx * s + dy * c
      return Canvas.step(size - (along * along + across * across).squareRoot(), edge)
    }
  }

  /// A fold of the section: a broad band of doubled stain.
  private mutating func fold(on canvas: inout Canvas) {
    canvas.stroke(
      from: (chance(0...1), 0), to: (chance(0...1), 1), bend: chance(-0.3...0.3),
      halfWidth: 0.025, colour: (0.5, 0.9, 0), opacity: 0.12)
  }
}

/// The two dyes of a laboratory: their optical densities in red, green and blue.
private struct Stain {
  let haematoxylin: (Double, Double, Double)
  let eosin: (Double, Double, Double)
  let strength: Double

  init(_ pen: inout PhantomPen) {
    let h = pen.shift()
    let e = pen.shift()
    haematoxylin = (0.65 + 0.12 * h, 0.70 - 0.06 * h, 0.29 + 0.12 * e)
    eosin = (0.07 + 0.06 * e, 0.95 - 0.1 * h, 0.30 + 0.14 * e)
    strength = 1.25 * (1 + 0.35 * pen.shift())
  }

  /// Beer and Lambert: light = e^−(density), over concentrations in the first two channels.
  func lit(_ canvas: Canvas, grain: Double, _ generator: inout SeededGenerator) -> Image {
    let size = canvas.size
    let concentration = canvas.values
    var at = 0
    let light = Canvas(size: size) { _, _ in
      let h = max(0, concentration[at]) * strength
      let e = max(0, concentration[at + 1]) * strength * 0.6
      at += 3
      return (
        0.96 * Canvas.decay(h * haematoxylin.0 + e * eosin.0),
        0.96 * Canvas.decay(h * haematoxylin.1 + e * eosin.1),
        0.96 * Canvas.decay(h * haematoxylin.2 + e * eosin.2)
      )
    }
    return light.image(channels: 3, grain: grain, &generator)
  }
}
