// A pigmented lesion on skin: severity roughens the border, breaks the symmetry, adds colours.

extension PhantomPen {
  mutating func dermoscopy(_ size: Int) -> Image {
    let tone = look(0...1)
    let warmth = shift()
    let texture = Noise(&own)
    let skin = (
      0.86 - 0.22 * tone + 0.05 * warmth, 0.66 - 0.2 * tone, 0.58 - 0.22 * tone - 0.08 * warmth
    )
    var canvas = Canvas(size: size) { x, y in
      let n = 0.05 * texture.value(x, y, cells: 6, octaves: 3)
      return (skin.0 + n, skin.1 + n, skin.2 + n)
    }
    let lesion = Lesion(&self)
    lesion.paint(on: &canvas)
    if hasArtefact() { hairs(on: &canvas) }
    if hasArtefact() { vignette(on: &canvas) }
    return canvas.image(channels: 3, grain: 0.03, &view)
  }

  /// Dark bowed strokes across the picture.
  private mutating func hairs(on canvas: inout Canvas) {
    for _ in 0..<(3 + view.below(6)) {
      canvas.stroke(
        from: (chance(0...1), chance(-0.1...0.3)), to: (chance(0...1), chance(0.7...1.1)),
        bend: chance(-0.3...0.3), halfWidth: 0.004 + chance(0...0.006),
        colour: (0.12, 0.09, 0.08), opacity: 0.8)
    }
  }

  /// The dark rim of a dermatoscope.
  private mutating func vignette(on canvas: inout Canvas) {
    let radius = chance(0.5...0.6)
    canvas.light { x, y in
      let distance = ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)).squareRoot()
      return 1 - 0.85 * Canvas.step(distance - radius, 0.08)
    }
  }
}

/// The outline and colours of a lesion.
private struct Lesion {
  let x, y, radius, stretch, softness: Double
  let waves: [(amount: Double, phase: Double)]
  let pigment: Noise
  let patches: Noise
  let severity: Double
  let brown: (Double, Double, Double)

  init(_ pen: inout PhantomPen) {
    severity = pen.severity
    x = pen.look(0.4...0.6)
    y = pen.look(0.4...0.6)
    radius = pen.look(0.2...0.32)
    stretch = 1 + pen.look(0...0.25) + 0.25 * max(0, severity)
    softness = 0.03 + 0.05 * pen.look(0...1)
    let roughness = 0.02 + 0.14 * max(0, severity)
    var drawn: [(Double, Double)] = []
    for k in 1...7 {
      let amount = roughness * 2 * pen.look(0...1) / Double(k).squareRoot()
      drawn.append((amount, pen.chance(0...1)))
    }
    waves = drawn
    pigment = Noise(&pen.view)
    patches = Noise(&pen.view)
    let dark = pen.look(0...1)
    brown = (0.5 - 0.18 * dark, 0.32 - 0.14 * dark, 0.22 - 0.1 * dark)
  }

  /// How far inside the border a point is: above zero inside.
  private func depth(_ px: Double, _ py: Double) -> Double {
    let dx = (px - x) * stretch
    let dy = py - y
    let turns = Canvas.turns(dy, dx)
    var border = 1.0
    for (k, wave) in waves.enumerated() {
      border += wave.amount * Canvas.sine(Double(k + 2) * turns + wave.phase)
    }
    return radius * border - (dx * dx + dy * dy).squareRoot()
  }

  func paint(on canvas: inout Canvas) {
    canvas.paint(x: x, y: y, reach: radius * 2, colour: brown) { px, py in
      let network = 0.12 * pigment.value(px, py, cells: 14, octaves: 2)
      return Canvas.step(depth(px, py), softness) * (0.82 + network)
    }
    // Second and third colours come with severity: near-black globules, a blue-white veil.
    let amount = max(0, severity)
    canvas.paint(x: x, y: y, reach: radius * 2, colour: (0.12, 0.08, 0.08)) { px, py in
      let patch = patches.value(px, py, cells: 5, octaves: 2)
      return Canvas.step(depth(px, py), softness) * Canvas.step(patch - 0.65 + 0.75 * amount, 0.3)
        * 0.75
    }
    canvas.paint(x: x, y: y, reach: radius * 2, colour: (0.55, 0.6, 0.75)) { px, py in
      let patch = patches.value(px + 3, py + 5, cells: 4)
      return Canvas.step(depth(px, py) - 0.02, softness)
        * Canvas.step(patch - 0.8 + 0.75 * amount, 0.25) * 0.55
    }
  }
}
