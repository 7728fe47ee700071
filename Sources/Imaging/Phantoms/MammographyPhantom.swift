// A breast with a mass: severity gives it spicules, a vague border and specks of calcium.

extension PhantomPen {
  mutating func mammography(_ size: Int) -> Image {
    let density = look(0...1)
    let tissue = Noise(&own)
    let isLeft = own.chance(0.5)
    let exposure = 1 + 0.25 * shift()
    let reach = look(0.7...0.9)
    let tall = look(0.42...0.5)
    var canvas = Canvas(size: size) { x, y in
      let dy = (y - 0.5) / tall
      let edge = 1 - (x / reach) * (x / reach) - dy * dy
      let inside = Canvas.step(edge, 0.06)
      let strands = tissue.value(x, y * 1.6, cells: 5, octaves: 4)
      let grey = 0.26 + 0.14 * density + (0.06 + 0.08 * density) * strands + 0.1 * max(0, edge)
      let value = inside * grey * exposure
      return (value, value, value)
    }
    let centre = (x: chance(0.2...0.5), y: chance(0.34...0.66))
    mass(at: centre, on: &canvas)
    if hasArtefact() {
      let y = view.chance(0.5) ? 0.04 : 0.88
      canvas.paint(x: 0.85, y: y + 0.04, reach: 0.12, colour: (0.95, 0.95, 0.95)) { px, py in
        px > 0.76 && px < 0.94 && py > y && py < y + 0.07 ? 1 : 0
      }
    }
    let image = canvas.image(channels: 1, grain: 0.03, &view)
    return isLeft ? image : image.mirrored()
  }

  private mutating func mass(at centre: (x: Double, y: Double), on canvas: inout Canvas) {
    let severe = min(max(severity, 0), 1.2)
    let radius = look(0.06...0.085) * (1 + 0.25 * severe)
    let bright = (0.84, 0.84, 0.84)
    canvas.disc(
      x: centre.x, y: centre.y, radius: radius, colour: bright, opacity: 0.7,
      softness: 0.02 + 0.05 * severe)
    for _ in 0..<Int(22 * severe) {
      let turn = chance(0...1)
      let length = radius * chance(1.5...1.5 + 1.5 * severe)
      canvas.stroke(
        from: (centre.x, centre.y),
        to: (
          centre.x + length * Canvas.cosine(turn), centre.y + length * Canvas.sine(turn)
        ),
        bend: chance(-0.2...0.2), halfWidth: 0.01, endHalfWidth: 0.004, colour: bright,
        opacity: 0.55)
    }
    for _ in 0..<Int(14 * max(0, severe - 0.2)) {
      canvas.disc(
        x: centre.x + chance(-0.12...0.12), y: centre.y + chance(-0.12...0.12),
        radius: chance(0.006...0.01), colour: (1, 1, 1), opacity: 0.9)
    }
  }
}
