// The back of an eye: severity adds microaneurysms, haemorrhages and exudates.

extension PhantomPen {
  mutating func fundus(_ size: Int) -> Image {
    let tone = look(0...1)
    let redness = shift()
    let cloud = Noise(&own)
    let disc = (x: look(0.22...0.34), y: look(0.42...0.58))
    let isLeft = view.chance(0.5)
    var canvas = Canvas(size: size) { x, y in
      let distance = ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)).squareRoot()
      let light = (1 - 0.9 * distance) * (1 + 0.12 * cloud.value(x, y, cells: 4, octaves: 3))
      return (
        light * (0.86 - 0.15 * tone + 0.06 * redness), light * (0.46 - 0.16 * tone),
        light * (0.2 - 0.08 * tone - 0.05 * redness)
      )
    }
    canvas.disc(
      x: 0.62, y: disc.y + 0.02, radius: 0.09, colour: (0.4, 0.16, 0.07), opacity: 0.5,
      softness: 0.12)
    vessels(from: disc, on: &canvas)
    canvas.disc(
      x: disc.x, y: disc.y, radius: look(0.06...0.08), colour: (0.98, 0.86, 0.55), opacity: 0.92,
      softness: 0.03)
    lesions(on: &canvas)
    if hasArtefact() {
      let side = chance(-0.5...0.5)
      canvas.light { x, _ in 1 - 0.45 * min(max((x - 0.5) * 2 * side + 0.3, 0), 1) }
    }
    canvas.light { x, y in
      let distance = ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)).squareRoot()
      return Canvas.step(0.47 - distance, 0.02)
    }
    let image = canvas.image(channels: 3, grain: 0.02, &view)
    return isLeft ? image.mirrored() : image
  }

  /// Four arcades from the disc, each with branches; their course is the patient's.
  private mutating func vessels(from disc: (x: Double, y: Double), on canvas: inout Canvas) {
    let colour = (0.45, 0.1, 0.07)
    for arcade in 0..<4 {
      let up = arcade < 2 ? -1.0 : 1.0
      let out = arcade % 2 == 0 ? 1.0 : 0.35
      let end = (
        x: disc.x + out * look(0.5...0.62), y: disc.y + up * look(0.2...0.4)
      )
      let bend = up * look(-0.28 ... -0.12)
      canvas.stroke(
        from: disc, to: (end.x, end.y), bend: bend, halfWidth: 0.013, endHalfWidth: 0.005,
        colour: colour, opacity: 0.75)
      for _ in 0..<3 {
        let t = look(0.25...0.85)
        let start = (x: disc.x + (end.x - disc.x) * t, y: disc.y + (end.y - disc.y) * t)
        canvas.stroke(
          from: (start.x, start.y),
          to: (start.x + look(-0.05...0.2), start.y + up * look(-0.05...0.22)),
          bend: look(-0.3...0.3), halfWidth: 0.006, endHalfWidth: 0.003, colour: colour,
          opacity: 0.6)
      }
    }
  }

  private mutating func lesions(on canvas: inout Canvas) {
    let severe = max(0, severity)
    let dots = Int(18 * severe * chance(0.6...1.4))
    for _ in 0..<dots {
      let (x, y) = placeOnRetina()
      canvas.disc(
        x: x, y: y, radius: chance(0.006...0.011), colour: (0.42, 0.05, 0.04), opacity: 0.85)
    }
    for _ in 0..<Int(7 * severe * severe * chance(0.5...1.5)) {
      let (x, y) = placeOnRetina()
      canvas.disc(
        x: x, y: y, radius: chance(0.015...0.035), colour: (0.36, 0.05, 0.04), opacity: 0.8,
        softness: 0.02)
    }
    for _ in 0..<Int(14 * severe * severe * chance(0.4...1.6)) {
      let (x, y) = placeOnRetina()
      canvas.disc(
        x: x, y: y, radius: chance(0.006...0.016), colour: (0.98, 0.9, 0.5), opacity: 0.85,
        softness: 0.008)
    }
  }

  private mutating func placeOnRetina() -> (Double, Double) {
    let turn = chance(0...1)
    let radius = 0.42 * chance(0...1).squareRoot()
    return (0.5 + radius * Canvas.cosine(turn), 0.5 + radius * Canvas.sine(turn))
  }
}
