// A chest X-ray from the front: severity clouds a lung.

extension PhantomPen {
  mutating func chest(_ size: Int) -> Image {
    let tissue = Noise(&own)
    let exposure = 1 + 0.25 * shift()
    let thorax = Thorax(
      wide: look(0.17...0.2), top: look(0.1...0.16), base: look(0.76...0.84),
      heart: look(0.12...0.17), ribs: look(0.072...0.084), shift: chance(-0.025...0.025))
    let clouds = clouds(in: thorax)
    var canvas = Canvas(size: size) { x, y in
      var value = thorax.attenuation(x, y, tissue)
      for cloud in clouds { value += cloud.attenuation(x, y, under: value) * thorax.air(x, y) }
      value *= exposure
      return (value, value, value)
    }
    if hasArtefact() { marker(on: &canvas) }
    return canvas.image(channels: 1, grain: 0.035, &view)
  }

  /// None in a clear chest, then one patch that grows and whitens, then a second in the other lung.
  private mutating func clouds(in thorax: Thorax) -> [Cloud] {
    let severe = min(max(severity, 0), 1.2)
    let side = view.chance(0.5) ? -1.0 : 1.0
    return [(side, 1.0), (-side, 1.6)].map { side, strength in
      let amount = max(0, severe - (strength - 1))
      return Cloud(
        x: 0.5 + thorax.shift + side * chance(0.2...0.27), y: chance(0.36...0.66),
        radius: (0.06 + 0.1 * amount) * look(0.85...1.15), opacity: 0.62 * amount,
        margin: Noise(&view))
    }
  }

  /// The letter plate that tells left from right.
  private mutating func marker(on canvas: inout Canvas) {
    let x = view.chance(0.5) ? 0.08 : 0.86
    canvas.paint(x: x + 0.03, y: 0.08, reach: 0.1, colour: (0.97, 0.97, 0.97)) { px, py in
      px > x && px < x + 0.06 && py > 0.045 && py < 0.115 ? 1 : 0
    }
  }
}

/// The shadows of a chest; bright is what stops the rays.
private struct Thorax {
  /// Half the width of a lung.
  let wide: Double
  /// Heights of the lungs' tips and of the diaphragm.
  let top: Double
  let base: Double
  /// Half the width of the heart.
  let heart: Double
  /// From one rib to the next.
  let ribs: Double
  /// How far the patient stands aside.
  let shift: Double

  /// 1 in the lungs, 0 elsewhere.
  func air(_ x: Double, _ y: Double) -> Double {
    let side = x < 0.5 + shift ? -1.0 : 1.0
    let across = (x - 0.5 - shift - side * 0.235) / wide
    // Narrow at the tip, widest above the diaphragm, which bulges into them from below.
    let along = (y - base) / (base - top)
    let outline = 1 - across * across * (1.15 + 0.5 * max(0, -along - 0.55)) - along * along
    let dome = base - 0.075 * (1 - across * across) - (side < 0 ? 0.02 : 0)
    return Canvas.step(outline, 0.16) * Canvas.step(dome - y, 0.022)
      * (1 - heartShadow(x, y))
  }

  /// The heart leans to the right side of the picture, the patient's left.
  private func heartShadow(_ x: Double, _ y: Double) -> Double {
    let dx = (x - 0.545 - shift) / heart
    let dy = (y - base + 0.11) / 0.17
    let lean = dx - 0.35 * dy
    return Canvas.step(1 - lean * lean - dy * dy, 0.4)
  }

  func attenuation(_ x: Double, _ y: Double, _ tissue: Noise) -> Double {
    let fromMiddle = abs(x - 0.5 - shift)
    let shoulder = 0.44 + 0.06 * Canvas.step(y - 0.2, 0.3)
    let body =
      Canvas.step(shoulder - fromMiddle, 0.06) * Canvas.step(y - 0.5 * fromMiddle + 0.16, 0.1)
    let soft = 0.56 + 0.07 * tissue.value(x, y, cells: 4, octaves: 3)
    let air = air(x, y)
    // Vessels: fine texture that is densest at the roots of the lungs.
    let rootX = fromMiddle - 0.12
    let rootY = y - 0.46
    let root = Canvas.decay(28 * (rootX * rootX + rootY * rootY))
    let lung =
      0.15 + 0.2 * root
      + (0.05 + 0.09 * root) * tissue.value(x * 1.3, y, cells: 14, octaves: 3)
    var value = soft + air * (lung - soft)
    value += bones(x, y, fromMiddle) * (0.35 + 0.65 * air)
    value += 0.09 * heartShadow(x, y) * (1 - Canvas.step(y - base, 0.1))
    let spine = Canvas.step(0.06 - fromMiddle, 0.05)
    value += spine * (0.12 + 0.04 * Canvas.cosine(y * 16))
    let windpipe = Canvas.step(0.022 - fromMiddle, 0.02) * Canvas.step(0.36 - y, 0.08)
    value -= 0.16 * windpipe
    return min(body * value, 0.95)
  }

  /// Ribs fall away from the spine behind and rise towards it in front; the collar bones lie above.
  private func bones(_ x: Double, _ y: Double, _ fromMiddle: Double) -> Double {
    let out = fromMiddle / 0.4
    guard out < 1.06 else { return 0 }
    func row(_ height: Double, _ step: Double, _ half: Double) -> Double {
      let place = (height - top) / step
      let from = (place - place.rounded()) * step
      let t = max(0, 1 - abs(from) / half)
      return place > -0.6 && place < 8.6 ? t * t * (3 - 2 * t) : 0
    }
    let behind = row(y + 0.05 - 0.17 * out * out, ribs, 0.02)
    let front = row(y - 0.16 + 0.15 * out, ribs * 1.3, 0.022) * Canvas.step(out - 0.4, 0.2)
    let collar =
      Canvas.step(
        0.016 - abs(y - 0.17 + 0.1 * out - 0.03 * Canvas.sine(out / 2)), 0.018)
      * Canvas.step(0.9 - out, 0.15) * Canvas.step(out - 0.08, 0.06)
    return 0.13 * behind + 0.06 * front + 0.2 * collar
  }
}

/// A patch of a lung that is filled instead of airy.
private struct Cloud {
  let x: Double
  let y: Double
  let radius: Double
  let opacity: Double
  let margin: Noise

  func attenuation(_ px: Double, _ py: Double, under value: Double) -> Double {
    guard opacity > 0 else { return 0 }
    let dx = px - x
    let dy = (py - y) * 0.85
    let distance = (dx * dx + dy * dy).squareRoot()
    guard distance < radius * 2.4 else { return 0 }
    let ragged = margin.value(px, py, cells: 9, octaves: 3)
    let inside = Canvas.step(radius * (1 + 0.6 * ragged) - distance, radius)
    return inside * opacity * (0.85 + 0.3 * ragged) * max(0, 0.8 - value)
  }
}
