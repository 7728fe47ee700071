// Dataset readers, verification, splits, leaks, downloads and offline augmentation as listings.

import Imaging

extension Table {
  /// The datasets that can be read.
  package static func datasetCards(_ cards: [DatasetCard]) -> Table {
    Table(
      title: "Readable datasets",
      columns: [
        Column("dataset", "Dataset"), Column("name", "Name", wraps: true),
        Column("labels", "Labels", wraps: true), Column("layout", "As downloaded", wraps: true),
        Column("licence", "Licence", wraps: true), Column("get", "Can be fetched"),
      ],
      rows: cards.map { card in
        [
          .text(card.id), .text(card.name), .text(card.tasks.joined(separator: ", ")),
          .text(card.layout), .text(card.licence),
          .text(card.downloads.isEmpty ? "no" : "yes"),
        ]
      })
  }

  /// One dataset's card.
  package static func datasetCard(_ card: DatasetCard) -> Table {
    let facts =
      [
        ("dataset", card.id), ("name", card.name), ("labels", card.tasks.joined(separator: ", ")),
        ("as downloaded", card.layout), ("access", card.access), ("licence", card.licence),
        ("homepage", card.homepage), ("citation", card.citation),
      ].filter { !$0.1.isEmpty }
      + card.downloads.map { ("file", $0.url) }
    return Table(
      title: card.name, columns: [Column("what", "What"), Column("value", "Value", wraps: true)],
      rows: facts.map { [.text($0.0), .text($0.1)] })
  }

  /// Expected beside found; with `decoded` also how many pictures are damaged or there twice.
  package static func verification(_ verification: Verification, decoded: Bool) -> Table {
    let pictures: [(String, Int)] =
      decoded
      ? [
        ("unreadable", verification.unreadable.count),
        ("repeated", verification.duplicates.reduce(0) { $0 + $1.count - 1 }),
      ] : []
    return verificationTable(verification, pictures)
  }

  private static func verificationTable(
    _ verification: Verification, _ pictures: [(String, Int)]
  ) -> Table {
    Table(
      title: "Counts",
      columns: [
        Column("what", "What"), Column("name", "Name", wraps: true),
        Column("expected", "Expected", .right), Column("found", "Found", .right),
        Column("agrees", "Agrees"), Column("by", "Expected by"),
        Column("also-printed", "Also printed"),
      ],
      rows: verification.rows.map { row in
        [
          .text(row.what), .optional(row.name.isEmpty ? nil : row.name),
          row.expected.map(Cell.count) ?? .notReported, .count(row.found),
          row.expected == nil ? .blank : .text(row.agrees ? "yes" : "no"),
          row.expected == nil ? .blank : .text(row.authority.rawValue),
          row.alsoPrinted.isEmpty
            ? .blank : .text(row.alsoPrinted.map(String.init).joined(separator: ", ")),
        ]
      }
        + pictures.map {
          [.text($0.0), .blank, .notApplicable, .count($0.1), .blank, .blank, .blank]
        })
  }

  /// The files that `tlkb dataset get` would fetch.
  package static func downloads(_ files: [DatasetDownload], of card: DatasetCard) -> Table {
    Table(
      title: "\(card.name) (\(card.licence))",
      columns: [
        Column("file", "File"), Column("variant", "Variant"),
        Column("checksum", "Checksum"), Column("url", "Address", wraps: true),
      ],
      rows: files.map { file in
        let checksum = file.sha256.map { "SHA-256 \($0)" } ?? file.md5.map { "MD5 \($0)" }
        return [
          .text(file.file), .optional(file.variant), checksum.map(Cell.text) ?? .notReported,
          .link(file.url, to: file.url),
        ]
      })
  }

  /// The parts of every fold with the images of each class.
  package static func split(_ split: Split, of dataset: ImageDataset) throws(ImagingError) -> Table
  {
    var rows: [[Cell]] = []
    for fold in split.folds.indices {
      for partition in Partition.allCases {
        let samples = try split.samples(of: dataset, fold: fold, partition)
        guard !samples.isEmpty else { continue }
        let counts = dataset.classes.indices.map { label in
          Cell.count(samples.count { $0.label == label })
        }
        let patients = Set(samples.compactMap(\.patient)).count
        rows.append(
          [
            .count(fold + 1), .text(partition.rawValue), .count(samples.count),
            patients == 0 ? .notReported : .count(patients),
          ] + counts)
      }
    }
    return Table(
      title: "Split of \(dataset.id) by \(split.plan.unit.rawValue), seed \(split.plan.seed)",
      columns: [
        Column("fold", "Fold", .right), Column("part", "Part"),
        Column("images", "Images", .right), Column("patients", "Patients", .right),
      ] + dataset.classes.map { Column($0, $0, .right) },
      rows: rows)
  }

  /// What the parts of a split share, each leak with the two images that show it.
  package static func leakage(_ report: LeakageReport) -> Table {
    let kinds = [
      ("same patient", report.samePatient), ("same lesion", report.sameLesion),
      ("same pixels", report.identical), ("near-duplicate", report.nearDuplicate),
    ]
    return Table(
      title: "Leaks between the parts",
      columns: [
        Column("leak", "Leak"), Column("shared", "Shared", wraps: true),
        Column("first", "Image", wraps: true), Column("first-part", "in"),
        Column("second", "and image", wraps: true), Column("second-part", "in"),
      ],
      rows: kinds.flatMap { kind, pairs in
        pairs.map { pair in
          [
            .text(kind), .text(pair.shared), .text(pair.first),
            .text(pair.firstPartition.rawValue), .text(pair.second),
            .text(pair.secondPartition.rawValue),
          ]
        }
      })
  }

  /// Images of each class before and after offline augmentation.
  package static func augmented(
    _ classes: [String], before: [Int], after: [Int]
  ) -> Table {
    let row = { (name: String, before: Int, after: Int) -> [Cell] in
      let factor = before == 0 ? 0 : (Double(after) / Double(before) * 100).rounded() / 100
      return [
        .text(name), .count(before), .count(after),
        before == 0
          ? .notApplicable
          : .number(
            factor, shown: factor == factor.rounded() ? "\(Int(factor))" : "\(factor)"),
      ]
    }
    return Table(
      title: "Offline augmentation",
      columns: [
        Column("class", "Class", wraps: true), Column("before", "Before", .right),
        Column("after", "After", .right), Column("factor", "Factor", .right),
      ],
      rows: zip(classes, zip(before, after)).map { row($0, $1.0, $1.1) }
        + [row("all", before.reduce(0, +), after.reduce(0, +))])
  }

  /// The rows of a contact sheet, from the top.
  package static func contactSheet(_ samples: [Sample], of dataset: ImageDataset) -> Table {
    Table(
      title: "Rows of the sheet",
      columns: [
        Column("row", "Row", .right), Column("image", "Image", wraps: true),
        Column("class", "Class", wraps: true),
      ],
      rows: samples.enumerated().map { row, sample in
        [.count(row + 1), .text(sample.id), .text(dataset.classes[sample.label])]
      })
  }
}
