// Augmentations that move pixels: exact turns, and warps sampled bilinearly.
import CImageCodecs
import Glibc

extension Augmentation {
  func moved(_ image: Image, _ generator: inout SeededGenerator) -> Image {
    switch self {
    case .flipHorizontal(let p): return generator.chance(p) ? image.mirrored() : image
    case .flipVertical(let p): return generator.chance(p) ? image.flipped() : image
    case .quarterTurn(let turns):
      return image.turned(by: turns[generator.below(turns.count)])
    case .rotate(let from, let to):
      return image.rotated(degrees: generator.uniform(from...to))
    case .rotateBySteps(let step):
      let count = max(1, Int((360 / step).rounded(.up)))
      return image.rotated(degrees: step * Double(generator.below(count)))
    case .shift(let x, let y):
      return image.warped(
        Affine(
          moveX: generator.uniform(-x...x) * Double(image.width),
          moveY: generator.uniform(-y...y) * Double(image.height)))
    case .zoom(let from, let to):
      return image.warped(Affine(scale: generator.uniform(from...to)))
    case .shear(let from, let to):
      return image.warped(Affine(shear: generator.uniform(from...to)))
    case .crop(let smallest, let largest):
      return image.randomlyCropped(smallest, largest, &generator)
    case .distort(let cells, let strength):
      return image.distorted(cells: cells, strength: strength, &generator)
    default: return image
    }
  }
}

/// Where an output pixel, measured from the middle, is found in the source.
private struct Affine {
  var a = 1.0
  var b = 0.0
  var c = 0.0
  var d = 1.0
  var moveX = 0.0
  var moveY = 0.0

  init(moveX: Double, moveY: Double) {
    self.moveX = -moveX
    self.moveY = -moveY
  }

  /// Turns clockwise on the screen.
  init(degrees: Double) {
    let angle = degrees * Double.pi / 180
    a = cos(angle)
    b = sin(angle)
    c = -sin(angle)
    d = cos(angle)
  }

  init(scale: Double) {
    a = 1 / scale
    d = 1 / scale
  }

  init(shear degrees: Double) { b = tan(degrees * Double.pi / 180) }
}

extension Image {
  /// Quarter turns, the size kept: a picture that is not square is scaled back to it.
  package func turned(by quarterTurns: Int) -> Image {
    rotated(quarterTurns: quarterTurns).resized(to: size)
  }

  /// Turned clockwise about the middle, the size kept; multiples of 90° are exact.
  package func rotated(degrees: Double) -> Image {
    let quarters = degrees / 90
    if quarters == quarters.rounded(), width == height || Int(quarters) % 2 == 0 {
      return rotated(quarterTurns: Int(quarters))
    }
    return warped(Affine(degrees: degrees))
  }

  /// Walks the source in steps of 1/65536 pixel.
  fileprivate func warped(_ affine: Affine) -> Image {
    let middleX = Double(width) / 2
    let middleY = Double(height) / 2
    func fixed(_ value: Double) -> Int { Int((min(max(value, -1e6), 1e6) * 65536).rounded()) }
    let (stepX, stepY) = (fixed(affine.a), fixed(affine.c))
    let padded = pixels + [UInt8](repeating: 0, count: 8)
    let bytes = [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
      for y in 0..<height {
        let (dx, dy) = (0.5 - middleX, Double(y) + 0.5 - middleY)
        let sx = fixed(affine.a * dx + affine.b * dy + affine.moveX + middleX - 0.5)
        let sy = fixed(affine.c * dx + affine.d * dy + affine.moveY + middleY - 0.5)
        imc_warp_row(
          padded, UInt32(width), UInt32(height), Int32(channels), Int64(sx), Int64(sy),
          Int64(stepX), Int64(stepY), out.baseAddress! + y * width * channels)
      }
      count = pixels.count
    }
    return Image(width: width, height: height, channels: channels, pixels: bytes)
  }

  /// The bilinear mean at (x, y), in 1/65536 pixel and inside the picture.
  @inline(__always)
  private func blend(
    _ from: UnsafePointer<UInt8>, _ x: Int, _ y: Int, into out: UnsafeMutablePointer<UInt8>
  ) {
    let (left, top) = (x >> 16, y >> 16)
    let across = left < width - 1 ? channels : 0
    let down = top < height - 1 ? width * channels : 0
    let wx = Int32((x >> 8) & 255)
    let wy = Int32((y >> 8) & 255)
    var corner = from + (top * width + left) * channels
    for k in 0..<channels {
      let upper = Int32(corner[0]) * (256 - wx) + Int32(corner[across]) * wx
      let lower = Int32(corner[down]) * (256 - wx) + Int32(corner[down + across]) * wx
      out[k] = UInt8(truncatingIfNeeded: (upper * (256 - wy) + lower * wy + 32768) >> 16)
      corner += 1
    }
  }

  /// A picture whose pixel (x, y) is read bilinearly at `source(x, y)`; beyond the edge, the edge.
  @inline(__always)
  private func sampled(_ source: (Int, Int) -> (Double, Double)) -> Image {
    let bytes = [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
      pixels.withUnsafeBufferPointer { from in
        var at = out.baseAddress!
        for y in 0..<height {
          for x in 0..<width {
            let (sx, sy) = source(x, y)
            let fx = min(max(sx, 0), Double(width - 1))
            let fy = min(max(sy, 0), Double(height - 1))
            blend(from.baseAddress!, Int(fx * 65536), Int(fy * 65536), into: at)
            at += channels
          }
        }
      }
      count = pixels.count
    }
    return Image(width: width, height: height, channels: channels, pixels: bytes)
  }

  fileprivate func randomlyCropped(
    _ smallest: Double, _ largest: Double, _ generator: inout SeededGenerator
  ) -> Image {
    let area = generator.uniform(smallest...largest) * Double(width * height)
    let aspect = exp(generator.uniform(log(0.75)...log(4.0 / 3)))
    let w = min(width, max(1, Int((area * aspect).squareRoot().rounded())))
    let h = min(height, max(1, Int((area / aspect).squareRoot().rounded())))
    let x = generator.below(width - w + 1)
    let y = generator.below(height - h + 1)
    return cropped(x: x, y: y, width: w, height: h).resized(to: size)
  }

  fileprivate func distorted(
    cells: Int, strength: Double, _ generator: inout SeededGenerator
  ) -> Image {
    let side = cells + 1
    let reachX = strength * 0.5 * Double(width) / Double(cells)
    let reachY = strength * 0.5 * Double(height) / Double(cells)
    var knots: [(x: Double, y: Double)] = []
    for row in 0..<side {
      for column in 0..<side {
        let isRim = row == 0 || column == 0 || row == cells || column == cells
        let draw = (generator.uniform(-1...1), generator.uniform(-1...1))
        knots.append(isRim ? (0, 0) : (draw.0 * reachX, draw.1 * reachY))
      }
    }
    let (width, height) = (Double(width), Double(height))
    return sampled { x, y in
      let gx = (Double(x) + 0.5) / width * Double(cells)
      let gy = (Double(y) + 0.5) / height * Double(cells)
      let column = min(Int(gx), cells - 1)
      let row = min(Int(gy), cells - 1)
      let u = smooth(gx - Double(column))
      let v = smooth(gy - Double(row))
      let at = row * side + column
      func mixed(_ get: (Int) -> Double) -> Double {
        (get(at) * (1 - u) + get(at + 1) * u) * (1 - v)
          + (get(at + side) * (1 - u) + get(at + side + 1) * u) * v
      }
      return (Double(x) + mixed { knots[$0].x }, Double(y) + mixed { knots[$0].y })
    }
  }
}

private func smooth(_ t: Double) -> Double { t * t * (3 - 2 * t) }
