// Many pictures on one, to look at: what augmentation does, what a dataset holds.

/// A grid of pictures, each scaled to lie in a square cell.
package struct ContactSheet: Sendable {
  package let cell: Int
  package let columns: Int
  package let gap: Int

  package init(cell: Int = 128, columns: Int = 8, gap: Int = 4) {
    precondition(cell > 0 && columns > 0 && gap >= 0, "a sheet of no cells")
    self.cell = cell
    self.columns = columns
    self.gap = gap
  }

  /// The sheet, row by row, on white; an empty list gives one empty cell.
  package func image(_ pictures: [Image]) -> Image {
    let across = min(columns, max(1, pictures.count))
    let down = max(1, (pictures.count + columns - 1) / columns)
    var sheet = Image(
      width: across * (cell + gap) + gap, height: down * (cell + gap) + gap, channels: 3,
      filledWith: 255)
    for (i, picture) in pictures.enumerated() {
      let boxed = picture.rgb().letterboxed(to: PixelSize(cell), fill: 235)
      let x = gap + i % columns * (cell + gap)
      let y = gap + i / columns * (cell + gap)
      for row in 0..<cell {
        let target = ((y + row) * sheet.width + x) * 3
        sheet.pixels.replaceSubrange(
          target..<target + cell * 3, with: boxed.pixels[row * cell * 3..<(row + 1) * cell * 3])
      }
    }
    return sheet
  }

  /// A row for each sample: the prepared picture, then what the pipeline makes of it in the first
  /// epochs, filling the columns.
  package func preview(
    _ samples: [Sample], preparation: Preparation, augmentation: AugmentationPipeline,
    seed: UInt64
  ) throws(ImagingError) -> Image {
    try preparation.validate()
    try augmentation.validate()
    var pictures: [Image] = []
    for (index, sample) in samples.enumerated() {
      let prepared = try preparation.image(for: sample)
      pictures.append(prepared)
      for epoch in 0..<columns - 1 {
        pictures.append(
          augmentation.apply(to: prepared, seed: seed, epoch: epoch, index: index))
      }
    }
    return image(pictures)
  }
}
