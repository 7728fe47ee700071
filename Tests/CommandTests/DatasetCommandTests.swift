// Facts about `tlkb dataset` and `tlkb augment` from outside: files, counts, leaks, exit codes.

import Foundation
import Testing

@Suite struct DatasetCommandTests {
  private func bytes(_ sandbox: Sandbox, _ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(sandbox.folder)/\(name)"))
  }

  @Test("The same seed writes the same split file, another seed another")
  func split() throws {
    let sandbox = try Sandbox()
    for (name, seed) in [("a.json", "7"), ("b.json", "7"), ("c.json", "8")] {
      let outcome = try sandbox.tlkb(
        "dataset", "split", "phantom-fundus", "--phantom-images", "80", "--seed", seed, "--output",
        name, "--format", "csv")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.hasPrefix("fold,part,images,patients,phantom healthy,"))
      #expect(outcome.errors.contains("wrote \(name), hash "))
    }
    #expect(try bytes(sandbox, "a.json") == bytes(sandbox, "b.json"))
    #expect(try bytes(sandbox, "a.json") != bytes(sandbox, "c.json"))
  }

  @Test("A split by image leaks patients and exits with 1; a split by patient does not")
  func leakage() throws {
    let sandbox = try Sandbox()
    let byImage = try sandbox.tlkb(
      "dataset", "leakage", "phantom-dermoscopy", "--phantom-images", "80", "--unit", "image",
      "--format", "csv")
    #expect(byImage.status == 1)
    #expect(byImage.output.contains("\r\nsame patient,phantom-patient-"))
    #expect(byImage.errors.contains(" patients, "))
    let byPatient = try sandbox.tlkb(
      "dataset", "leakage", "phantom-dermoscopy", "--phantom-images", "80", "--unit", "patient",
      "--count-only", "--format", "csv")
    #expect(byPatient.status == 0, "\(byPatient.errors)")
    #expect(byPatient.output == "leak,shared,first,first-part,second,second-part\r\n")
  }

  @Test("A split file that was changed by hand is refused")
  func forged() throws {
    let sandbox = try Sandbox()
    _ = try sandbox.tlkb(
      "dataset", "split", "phantom-fundus", "--phantom-images", "40", "--output", "s.json")
    let text = try String(decoding: bytes(sandbox, "s.json"), as: UTF8.self)
    try sandbox.write("s.json", text.replacing("phantom-1\"", with: "phantom-2\""))
    let outcome = try sandbox.tlkb(
      "dataset", "leakage", "phantom-fundus", "--phantom-images", "40", "--split", "s.json")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("tlkb: s.json: not a usable split file"))
  }

  @Test("Verifying a folder sets printed counts beside found ones, magnifications and classes too")
  func verify() throws {
    let sandbox = try Sandbox()
    let name =
      "BreaKHis_v1/benign/SOB/adenosis/SOB_B_A_14-22549AB/40X/SOB_B_A-14-22549AB-40-001.png"
    try sandbox.write(name, "")
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("ImagingTests/Fixtures/rgb8.png")
    try Data(contentsOf: fixture).write(to: URL(fileURLWithPath: "\(sandbox.folder)/\(name)"))
    let outcome = try sandbox.tlkb(
      "dataset", "verify", "breakhis", "BreaKHis_v1", "--labels", "eight-class", "--format", "csv")
    #expect(outcome.status == 1)
    let lines = outcome.output.components(separatedBy: "\r\n")
    #expect(lines.contains("total,,7909,1,no,publisher,"))
    #expect(lines.contains("class,adenosis,444,1,no,publisher,"))
    // The review prints the tubular adenomas' number here.
    #expect(lines.contains("class,phyllodes tumor,453,0,no,publisher,569"))
    #expect(lines.contains("magnification,40×,1995,1,no,publisher,"))
    #expect(lines.contains("class and magnification,\"adenosis, 40×\",114,1,no,publisher,"))
    #expect(lines.contains("patients,,82,1,no,publisher,"))
  }

  @Test("170 images become 12,240, as Table 2 has it")
  func tableTwo() throws {
    let outcome = try Sandbox().tlkb(
      "augment", "apply", "phantom-dermoscopy", "--phantom-images", "170", "--expansions",
      "rotations 5", "--count-only", "--format", "csv")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\r\nall,170,12240,72\r\n"))
  }

  @Test("An augmented folder reads as a dataset whose lesions are the originals")
  func apply() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.tlkb(
      "augment", "apply", "phantom-fundus", "--phantom-images", "12", "--expansions", "mirror",
      "--operations", "rotate 15", "--copies", "1", "--output", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let split = try sandbox.tlkb(
      "dataset", "split", "csv", "out/manifest.csv", "--unit", "lesion", "--test", "0.25",
      "--output", "s.json", "--format", "csv")
    #expect(split.status == 0, "\(split.errors)")
    #expect(split.output.contains("1,train,36,") && split.output.contains("1,test,12,"))
    let leaks = try sandbox.tlkb(
      "dataset", "leakage", "csv", "out/manifest.csv", "--split", "s.json", "--count-only")
    #expect(leaks.errors.contains("0 lesions"))
  }

  @Test("A preview is a PNG, the same for the same seed")
  func preview() throws {
    let sandbox = try Sandbox()
    for (name, seed) in [("a.png", "1"), ("b.png", "1"), ("c.png", "2")] {
      let outcome = try sandbox.tlkb(
        "augment", "preview", "phantom-ultrasound", "--operations", "rotate 30, flip-horizontal",
        "--rows", "2", "--columns", "3", "--seed", seed, "--output", name, "--format", "csv")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("\r\n1,phantom-"))
    }
    #expect(try bytes(sandbox, "a.png").prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    #expect(try bytes(sandbox, "a.png") == bytes(sandbox, "b.png"))
    #expect(try bytes(sandbox, "a.png") != bytes(sandbox, "c.png"))
  }

  @Test("An operation that is none is told with those that are")
  func badOperation() throws {
    let outcome = try Sandbox().tlkb(
      "augment", "preview", "phantom-fundus", "--operations", "spin 4")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("'spin 4' is none; give an operation such as flip-horizontal"))
  }

  @Test("A publisher's count that nobody compared with its document is marked, with its source")
  func unchecked() throws {
    let sandbox = try Sandbox()
    let picture = try Data(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../ImagingTests/Fixtures/rgb.jpg"))
    for (number, folder) in ["melanoma", "notmelanoma"].enumerated() {
      let path = "\(sandbox.folder)/skin_data/\(folder)/dermis"
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
      try picture.write(to: URL(fileURLWithPath: "\(path)/\(number)_orig.jpg"))
    }
    let outcome = try sandbox.tlkb(
      "dataset", "verify", "dermis", "skin_data", "--count-only", "--format", "csv")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("total,,69,2,no,\"publisher, not checked\",206"))
    #expect(outcome.output.contains("class,melanoma,43,1,no,\"publisher, not checked\",119"))
    #expect(outcome.errors.contains("nobody has compared them with it"))
  }

  @Test("A Croissant description names files with their checksums and every printed count")
  func croissant() throws {
    let outcome = try Sandbox().tlkb("dataset", "export", "BreastMNIST")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(object["conformsTo"] as? String == "http://mlcommons.org/croissant/1.0")
    let files = try #require(object["distribution"] as? [[String: Any]])
    #expect(files.count == 4 && files[0]["md5"] as? String == "750601b1f35ba3300ea97c75c52ff8f6")
    #expect(outcome.output.contains("\"counts/n\": 780"))
  }

  @Test("A dataset that may not be fetched is answered with how to obtain it")
  func access() throws {
    let outcome = try Sandbox().tlkb("dataset", "get", "inbreast")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("how:      request the set from its authors"))
    #expect(outcome.errors.contains("cannot be fetched by a program"))
  }
}

@Suite struct DatasetGetTests {
  @Test("A set with terms is not fetched before they are accepted")
  func terms() throws {
    let outcome = try Sandbox().tlkb("dataset", "get", "mias", "--mirror", "http://127.0.0.1:1")
    #expect(outcome.status == 64)
    #expect(
      outcome.errors.contains("for research only") && outcome.errors.contains("--accept-terms"))
  }

  @Test("An interrupted download goes on where it stopped, and a whole file is not fetched again")
  func resumes() throws {
    let sandbox = try Sandbox()
    let content = (0..<100_000).map { UInt8($0 * 7 % 251) }
    let server = try LoopbackServer(["all-mias.tar.gz": content], cuts: 1)
    let first = try sandbox.tlkb(
      "dataset", "get", "mias", "--accept-terms", "--no-unpack", "--mirror", server.address,
      "--output", "d")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("wrote d/all-mias.tar.gz"))
    #expect(server.requests.count == 2 && server.requests[1].hasSuffix(" from 50000"))
    let saved = try Data(contentsOf: URL(fileURLWithPath: "\(sandbox.folder)/d/all-mias.tar.gz"))
    #expect(saved == Data(content))
    let second = try sandbox.tlkb(
      "dataset", "get", "mias", "--accept-terms", "--no-unpack", "--mirror", server.address,
      "--output", "d")
    #expect(second.output.contains("d/all-mias.tar.gz is here and whole"))
    #expect(server.requests.count == 2)
  }

  @Test("An archive is unpacked, verified, and not fetched again when it is removed")
  func unpacks() throws {
    let sandbox = try Sandbox()
    let name = "complete_mednode_dataset"
    let archive = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../DownloadsTests/Fixtures/archives/\(name).zip")
    let server = try LoopbackServer(["\(name).zip": [UInt8](try Data(contentsOf: archive))])
    func get() throws -> Outcome {
      try sandbox.tlkb(
        "dataset", "get", "MED-NODE", "--accept-terms", "--mirror", server.address, "--output", "d"
      )
    }
    let first = try get()
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("unpacked d/\(name), 3 files and folders, 1896 bytes"))
    #expect(first.output.contains("then: tlkb dataset verify med-node d"))
    let check = try sandbox.tlkb("dataset", "verify", "med-node", "d", "--format", "csv")
    #expect(check.status == 1)
    #expect(check.output.contains("class,nevus,100,2,no"))
    #expect(check.output.contains("unreadable,,not applicable,0,"))
    try FileManager.default.removeItem(atPath: "\(sandbox.folder)/d/\(name).zip")
    let second = try get()
    #expect(second.output.contains("d/\(name) is here and whole"))
    #expect(server.requests.count == 1)
  }

  @Test("A file that is not the published one is refused and removed")
  func checksum() throws {
    let sandbox = try Sandbox()
    let server = try LoopbackServer(["breastmnist.npz": Array("not an archive".utf8)])
    let outcome = try sandbox.tlkb(
      "dataset", "get", "breastmnist", "--mirror", server.address, "--output", "d")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("is not the expected file"))
    #expect(!FileManager.default.fileExists(atPath: "\(sandbox.folder)/d/breastmnist.npz"))
  }
}
