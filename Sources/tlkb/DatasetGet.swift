// `tlkb dataset get`: fetching a dataset where its licence and host allow it, else how to obtain it.

import ArgumentParser
import Downloads
import Files
import Foundation
import Imaging
import Render

struct GetDataset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Fetch a dataset that may be fetched; say how to obtain the others.",
    discussion: """
      An interrupted download goes on where it stopped; a file that is here and fits its checksum \
      is not fetched again. An archive becomes a folder of its name: all of it or nothing, and \
      nothing outside it; the archive may then be removed and is not fetched again. Sets with \
      terms of their own are fetched with --accept-terms alone. Where nobody publishes a checksum, \
      the SHA-256 of what came is written beside it (FILE.sha256).

      EXAMPLES
        tlkb dataset get breastmnist --output medmnist
        tlkb dataset get breastmnist --size 224 --list
        tlkb dataset get breakhis --output data --no-unpack
      """)

  @Argument(help: "The dataset.") var name: String
  @Option(help: ArgumentHelp("Where the files go.", valueName: "folder")) var output = "."
  @Option(help: ArgumentHelp("MedMNIST: 28, 64, 128 or 224 pixels.", valueName: "side"))
  var size: String?
  @Flag(help: "You accept the publisher's terms, which are printed.") var acceptTerms = false
  @Flag(name: .customLong("no-unpack"), help: "Leave archives as they are.") var keepsPacked = false
  @Flag(name: .customLong("list"), help: "List the files and fetch nothing.") var listOnly = false
  @Option(
    help: ArgumentHelp(
      "Fetch from this address instead: a mirror that has the files by name.", valueName: "url"))
  var mirror: String?
  @Flag(help: "Tell no progress.") var quiet = false
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func run() throws {
    let card = try datasetReader(name, data).card
    let files = try wanted(card.downloads, of: card)
    guard !files.isEmpty else {
      printError("tlkb: \(card.name) cannot be fetched by a program (\(card.licence)).")
      print("how:      \(card.access)")
      if !card.homepage.isEmpty { print("where:    \(card.homepage)") }
      print("expected: \(card.layout)")
      print("then:     tlkb dataset verify \(card.id) FOLDER")
      throw ExitCode(ExitStatus.failedCheck)
    }
    if listOnly {
      listing.show(.downloads(files, of: card), noun: ("file", "files"))
      return
    }
    if let terms = card.terms, !acceptTerms {
      throw UsageError(
        description: "\(card.name) is \(terms); see \(card.homepage). "
          + "To fetch it on these terms, repeat with --accept-terms")
    }
    for file in files {
      if let folder = Unpacking.folder(for: "\(output)/\(file.file)"), !keepsPacked,
        let checksum = Self.known(file, "\(output)/\(file.file)"),
        Unpacking(file.file, to: folder, identity: checksum.description).isDone
      {
        print("\(folder) is here and whole")
        continue
      }
      try unpack(file, try fetch(file))
    }
    let path = files.count == 1 && files[0].file.hasSuffix(".npz") ? "/" + files[0].file : ""
    print("then: tlkb dataset verify \(card.id) \(output)\(path)")
  }

  /// The files of the asked size, or the smallest where a set comes in several.
  private func wanted(
    _ files: [DatasetDownload], of card: DatasetCard
  ) throws -> [DatasetDownload] {
    let sizes = files.compactMap(\.variant)
    guard !sizes.isEmpty else {
      guard size == nil else {
        throw UsageError(description: "\(card.name) comes in one size: leave --size out")
      }
      return files
    }
    let asked = size ?? sizes[0]
    guard sizes.contains(asked) else {
      throw UsageError(
        description: "\(card.name) comes in \(sizes.joined(separator: ", ")) pixels, not \(asked)")
    }
    return files.filter { $0.variant == asked }
  }

  /// What the file at `path` must have. Without a published checksum, the one noted at the first
  /// download tells a whole file.
  private static func known(_ file: DatasetDownload, _ path: String) -> Checksum? {
    let noted = try? String(decoding: readFile("\(path).sha256"), as: UTF8.self)
    return file.sha256.map(Checksum.sha256) ?? file.md5.map(Checksum.md5)
      ?? noted.map { Checksum.sha256(String($0.prefix(64))) }
  }

  /// The checksum of the file that is now here.
  private func fetch(_ file: DatasetDownload) throws -> Checksum {
    let path = "\(output)/\(file.file)"
    let checksum = Self.known(file, path)
    let address = mirror.map { "\($0)/\(file.file)" } ?? file.url
    try makeFolder(output)
    let outcome = try withProgress(file.file) { show in
      try Download(address, to: path, checksum: checksum).run(progress: show)
    }
    switch outcome {
    case .alreadyHere: print("\(path) is here and whole")
    case .fetched(let bytes): print("wrote \(path), \(bytes) bytes fetched")
    }
    if let checksum { return checksum }
    let digits = try Digest.hex(.sha256, ofFile: path)
    try writeAtomically("\(digits)  \(file.file)\n", to: "\(path).sha256")
    printError(
      "note: nobody publishes a checksum of \(file.file); its SHA-256 is in \(path).sha256")
    return .sha256(digits)
  }

  /// Runs `work` with a line of progress, which ends before anything else is printed.
  private func withProgress<Outcome>(
    _ title: String, _ work: (@escaping (TransferProgress) -> Void) throws -> Outcome
  ) rethrows -> Outcome {
    let line = ProgressLine(title)
    defer { line.end() }
    return try work { progress in
      if !quiet { line.show(progress) }
    }
  }

  /// Makes an archive the folder of its name beside it.
  private func unpack(_ file: DatasetDownload, _ checksum: Checksum) throws {
    let path = "\(output)/\(file.file)"
    guard !keepsPacked, let folder = Unpacking.folder(for: path) else { return }
    let outcome = try withProgress("unpacking \(file.file)") { show in
      try Unpacking(path, to: folder, identity: checksum.description).run(progress: show)
    }
    switch outcome {
    case .alreadyHere: print("\(folder) is here and whole")
    case .unpacked(let files, let bytes):
      print("unpacked \(folder), \(files) files and folders, \(bytes) bytes")
    }
  }
}
