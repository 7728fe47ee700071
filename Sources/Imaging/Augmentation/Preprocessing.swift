// Preparation of whole pictures: histogram equalisation, CLAHE, hair removal, fundus cropping.

extension Augmentation {
  func prepared(_ image: Image) -> Image {
    switch self {
    case .equalise: return image.equalised()
    case .clahe(let clipLimit, let tiles): return image.clahe(clipLimit: clipLimit, tiles: tiles)
    case .removeHair(let width, let threshold):
      return image.removingHair(width: width, threshold: threshold)
    case .circularCrop(let threshold): return image.circularlyCropped(threshold: threshold)
    case .removeLocalAverage(let sigma): return image.removingLocalAverage(sigma: sigma)
    case .reinhard(let target): return target.normalising(image)
    case .macenko(let target): return image.channels == 3 ? target.normalising(image) : image
    default: return image
    }
  }
}

extension Image {
  /// The picture with its luma replaced: each colour is moved by the luma's change.
  private func replacingLuma(_ old: Image, _ new: Image) -> Image {
    guard channels == 3 else { return new }
    var result = self
    for i in 0..<old.pixels.count {
      let change = Int(new.pixels[i]) - Int(old.pixels[i])
      for k in 0..<3 {
        result.pixels[3 * i + k] = UInt8(min(max(Int(pixels[3 * i + k]) + change, 0), 255))
      }
    }
    return result
  }

  /// Luma spread so that its levels are about equally frequent.
  package func equalised() -> Image {
    let luma = grey()
    var counts = [Int](repeating: 0, count: 256)
    for value in luma.pixels { counts[Int(value)] += 1 }
    let lowest = counts.firstIndex { $0 > 0 } ?? 0
    let total = luma.pixels.count - counts[lowest]
    guard total > 0 else { return self }
    var table = [UInt8](repeating: 0, count: 256)
    var sum = 0
    for level in (lowest + 1)..<256 {
      sum += counts[level]
      table[level] = Image.byte(Double(sum) * 255 / Double(total))
    }
    return replacingLuma(luma, luma.mapped { Double(table[Int($0)]) })
  }

  /// Contrast-limited adaptive histogram equalisation of the luma, in OpenCV's arithmetic:
  /// `tiles` × `tiles` histograms, clipped at `clipLimit` times their mean, mixed bilinearly.
  package func clahe(clipLimit: Double, tiles: Int) -> Image {
    let luma = grey()
    // OpenCV pads both sides as soon as one does not divide, the other by a whole tile count.
    let isWhole = width % tiles == 0 && height % tiles == 0
    let tileWidth = (isWhole ? width : width + tiles - width % tiles) / tiles
    let tileHeight = (isWhole ? height : height + tiles - height % tiles) / tiles
    let padded = luma.reflected(width: tileWidth * tiles, height: tileHeight * tiles)
    let area = tileWidth * tileHeight
    let limit = max(1, Int(clipLimit * Double(area) / 256))
    var tables = [[Float]](repeating: [], count: tiles * tiles)
    for row in 0..<tiles {
      for column in 0..<tiles {
        var counts = [Int](repeating: 0, count: 256)
        for y in row * tileHeight..<(row + 1) * tileHeight {
          for x in column * tileWidth..<(column + 1) * tileWidth {
            counts[Int(padded.pixels[y * padded.width + x])] += 1
          }
        }
        Self.clip(&counts, limit)
        var sum = 0
        let scale = 255 / Float(area)
        tables[row * tiles + column] = counts.map { count in
          sum += count
          return min((Float(sum) * scale).rounded(.toNearestOrEven), 255)
        }
      }
    }
    var result = luma
    for y in 0..<height {
      let ty = Float(y) / Float(tileHeight) - 0.5
      let top = Int(ty.rounded(.down))
      let v = ty - Float(top)
      let rows = (max(top, 0), min(top + 1, tiles - 1))
      for x in 0..<width {
        let tx = Float(x) / Float(tileWidth) - 0.5
        let left = Int(tx.rounded(.down))
        let u = tx - Float(left)
        let columns = (max(left, 0), min(left + 1, tiles - 1))
        let level = Int(luma.pixels[y * width + x])
        let upper =
          tables[rows.0 * tiles + columns.0][level] * (1 - u)
          + tables[rows.0 * tiles + columns.1][level] * u
        let lower =
          tables[rows.1 * tiles + columns.0][level] * (1 - u)
          + tables[rows.1 * tiles + columns.1][level] * u
        let value = upper * (1 - v) + lower * v
        result.pixels[y * width + x] = UInt8(
          min(max(value.rounded(.toNearestOrEven), 0), 255))
      }
    }
    return replacingLuma(luma, result)
  }

  /// Cuts counts at `limit` and spreads what was cut over all levels.
  private static func clip(_ counts: inout [Int], _ limit: Int) {
    var excess = 0
    for level in 0..<256 where counts[level] > limit {
      excess += counts[level] - limit
      counts[level] = limit
    }
    let share = excess / 256
    var left = excess - share * 256
    for level in 0..<256 { counts[level] += share }
    guard left > 0 else { return }
    let step = max(256 / left, 1)
    for level in Swift.stride(from: 0, to: 256, by: step) where left > 0 {
      counts[level] += 1
      left -= 1
    }
  }

  /// Grown to the right and downwards by reflection, the edge pixel not repeated.
  private func reflected(width newWidth: Int, height newHeight: Int) -> Image {
    guard newWidth != width || newHeight != height else { return self }
    var result = Image(width: newWidth, height: newHeight, channels: 1)
    func mirror(_ i: Int, _ count: Int) -> Int {
      guard count > 1 else { return 0 }
      let period = 2 * (count - 1)
      let place = i % period
      return place < count ? place : period - place
    }
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        result.pixels[y * newWidth + x] = pixels[mirror(y, height) * width + mirror(x, width)]
      }
    }
    return result
  }

  /// Cropped to what is brighter than `threshold` and blackened outside the circle it holds.
  package func circularlyCropped(threshold: Int) -> Image {
    let luma = grey()
    var (left, right, top, bottom) = (width, -1, height, -1)
    for y in 0..<height {
      for x in 0..<width where Int(luma.pixels[y * width + x]) > threshold {
        left = min(left, x)
        right = max(right, x)
        top = min(top, y)
        bottom = max(bottom, y)
      }
    }
    guard right >= left else { return self }
    var result = cropped(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    let radius = Double(max(result.width, result.height)) / 2
    let (cx, cy) = (Double(result.width) / 2, Double(result.height) / 2)
    for y in 0..<result.height {
      for x in 0..<result.width {
        let (dx, dy) = (Double(x) + 0.5 - cx, Double(y) + 0.5 - cy)
        guard dx * dx + dy * dy > radius * radius else { continue }
        for k in 0..<channels { result.pixels[(y * result.width + x) * channels + k] = 0 }
      }
    }
    return result
  }

  /// 4 × (picture − its Gaussian blur) + 128.
  package func removingLocalAverage(sigma: Double) -> Image {
    let blurred = convolved(Self.gaussian(sigma), pixels.map(Float.init))
    var result = self
    for i in pixels.indices {
      let value = 4 * (Float(pixels[i]) - blurred[i]) + 128
      result.pixels[i] = UInt8(min(max(value.rounded(), 0), 255))
    }
    return result
  }
}
