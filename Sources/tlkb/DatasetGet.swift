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
      is not fetched again. Sets with terms of their own are fetched with --accept-terms alone. \
      Where nobody publishes a checksum, the SHA-256 of what came is written beside it \
      (FILE.sha256).

      EXAMPLES
        tlkb dataset get breastmnist --output medmnist
        tlkb dataset get breastmnist --size 224 --list
      """)

  @Argument(help: "The dataset.") var name: String
  @Option(help: ArgumentHelp("Where the files go.", valueName: "folder")) var output = "."
  @Option(help: ArgumentHelp("MedMNIST: 28, 64, 128 or 224 pixels.", valueName: "side"))
  var size: String?
  @Flag(help: "You accept the publisher's terms, which are printed.") var acceptTerms = false
  @Flag(name: .customLong("list"), help: "List the files and fetch nothing.") var listOnly = false
  @Option(
    help: ArgumentHelp(
      "Fetch from this address instead: a mirror that has the files by name.", valueName: "url"))
  var mirror: String?
  @Flag(help: "Tell no progress.") var quiet = false
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let card = try DatasetReaders.reader(for: name).card
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
    for file in files { try fetch(file) }
    for file in files { if let next = Self.unpacking(file.file, in: output) { print(next) } }
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

  private func fetch(_ file: DatasetDownload) throws {
    let path = "\(output)/\(file.file)"
    // Without a published checksum, the one noted at the first download tells a whole file.
    let note = "\(path).sha256"
    let noted = try? String(decoding: readFile(note), as: UTF8.self)
    let checksum =
      file.sha256.map(Checksum.sha256) ?? file.md5.map(Checksum.md5)
      ?? noted.map { Checksum.sha256(String($0.prefix(64))) }
    let address = mirror.map { "\($0)/\(file.file)" } ?? file.url
    let line = ProgressLine(file.file)
    let outcome: Download.Outcome
    do {
      try makeFolder(output)
      outcome = try Download(address, to: path, checksum: checksum).run { progress in
        if !quiet { line.show(progress) }
      }
      line.end()
    } catch {
      line.end()
      throw error
    }
    if checksum == nil {
      let found = try Checksum.sha256("").ofFile(path).description.split(separator: " ").last ?? ""
      try writeAtomically("\(found)  \(file.file)\n", to: note)
      printError("note: nobody publishes a checksum of \(file.file); its SHA-256 is in \(note)")
    }
    switch outcome {
    case .alreadyHere: print("\(path) is here and whole")
    case .fetched(let bytes): print("wrote \(path), \(bytes) bytes fetched")
    }
  }

  /// The command that unpacks an archive.
  private static func unpacking(_ file: String, in folder: String) -> String? {
    if file.hasSuffix(".zip") { return "next: unzip -n \(folder)/\(file) -d \(folder)" }
    if file.hasSuffix(".tar.gz") { return "next: tar -xzf \(folder)/\(file) -C \(folder)" }
    return nil
  }
}
