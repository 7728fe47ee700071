// Damaged files of every format give a picture or a typed error, never a crash.
import Testing

@testable import Imaging

@Suite struct FuzzTests {
  /// Changes a few bytes, cuts, repeats or exchanges parts; the same for the same seed.
  private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<(1 + generator.below(4)) {
      guard !result.isEmpty else { return result }
      let at = generator.below(result.count)
      switch generator.below(7) {
      case 0: result[at] = UInt8(generator.below(256))
      case 1: result[at] ^= 1 << UInt8(generator.below(8))
      case 2: result[at] = [0, 1, 0x7F, 0x80, 0xFF][generator.below(5)]
      case 3: result.removeSubrange(at...)
      case 4: result.insert(UInt8(generator.below(256)), at: at)
      case 5:
        let end = min(result.count, at + 1 + generator.below(16))
        result.insert(contentsOf: result[at..<end], at: generator.below(result.count))
      default:
        // Headers matter most: aim at the first bytes.
        result[min(at, generator.below(64))] = UInt8(generator.below(256))
      }
    }
    return result
  }

  private static let limits = DecodingLimits(maximumPixels: 1 << 16)

  /// Decodes `count` mutations; gives how many still were pictures.
  private func survivors(_ bytes: [UInt8], _ count: Int, seed: UInt64) -> Int {
    var generator = SeededGenerator(seed: seed)
    var decoded = 0
    for _ in 0..<count {
      let input = mutated(bytes, &generator)
      if let image = try? ImageFile.decode(input, name: "fuzz", limits: Self.limits) {
        decoded += image.pixels.count == image.width * image.height * image.channels ? 1 : 0
      }
    }
    return decoded
  }

  @Test(
    "Two thousand mutations of a picture never crash the decoder",
    arguments: [
      "rgb8.png", "interlaced.png", "palette4.png", "grey16.png", "rgb.jpg", "progressive.jpg",
      "cmyk.jpg", "orientation6.jpg", "raw.tif", "lzw.tif", "deflate.tif", "tiled.tif", "rgb.bmp",
      "palette.bmp", "bits.bmp", "grey.pgm", "rgb.ppm", "plain.pgm",
    ])
  func pictures(name: String) throws {
    let bytes = try FileBytes.read(fixture(name))
    #expect(survivors(bytes, 2000, seed: 17) < 2000)
  }

  @Test(
    "Two thousand mutations of an archive never crash its reader",
    arguments: ["archive.npz", "stored.npz"])
  func archives(name: String) throws {
    let bytes = try FileBytes.read(fixture(name))
    var generator = SeededGenerator(seed: 18)
    var failed = 0
    for _ in 0..<2000 {
      do {
        let archive = try NumPyArchive(mutated(bytes, &generator), name: "fuzz")
        for member in archive.names {
          let array = try archive.array(member)
          _ = try? array.integers()
          _ = try? array.strings()
          _ = try? array.floats()
        }
      } catch { failed += 1 }
    }
    #expect(failed > 0)
  }

  @Test("Four thousand mutations of an array never crash its reader")
  func arrays() throws {
    var failed = 0
    for (seed, name) in ["int-array", "luma"].enumerated() {
      let bytes = try FileBytes.read(fixture("expected/\(name).npy"))
      var generator = SeededGenerator(seed: UInt64(seed))
      for _ in 0..<2000 {
        do {
          let array = try NumPyArray(mutated(Array(bytes.prefix(400)), &generator), name: "fuzz")
          _ = try? array.integers()
        } catch { failed += 1 }
      }
    }
    #expect(failed > 0)
  }

  @Test("Two thousand mutations of a table never crash its reader")
  func tables() {
    let text = "lesion_id,image_id,dx\nHAM_1,\"ISIC,\"\"1\",bkl\r\nHAM_2,ISIC_2,mel\n"
    var generator = SeededGenerator(seed: 19)
    var failed = 0
    for _ in 0..<2000 {
      if (try? MetadataTable(mutated(Array(text.utf8), &generator), file: "fuzz")) == nil {
        failed += 1
      }
    }
    #expect(failed > 0)
  }

  @Test("Two thousand mutations of a table of pixels never crash its reader")
  func pixelTables() {
    let text = "a,b,c,d,label\n1,2,3,4,0\n5,66,7,255,6\n"
    var generator = SeededGenerator(seed: 21)
    var failed = 0
    for _ in 0..<2000 {
      let input = mutated(Array(text.utf8), &generator)
      if (try? PixelTable(input, file: "fuzz")) == nil { failed += 1 }
    }
    #expect(failed > 0)
  }

  @Test("Mutated metadata of every dataset give a dataset or a typed error")
  func metadata() throws {
    let folder = try TemporaryFolder()
    let files = [
      ("ham10000", "HAM10000_metadata.csv", "lesion_id,image_id,dx\nH,ISIC_1,bkl\n"),
      ("mias", "Info.txt", "mdb001 G CIRC B 535 425 197\nmdb002 D NORM\n"),
      ("ph2", "PH2_dataset.txt", "|| IMD003 ||  ||  0  ||\n|| IMD004 || M || 2 ||\n"),
      ("aptos-2019", "train.csv", "id_code,diagnosis\na,2\n"),
      (
        "isic-2019", "ISIC_2019_Training_GroundTruth.csv",
        "image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\nISIC_1,0,0,0,0,0,0,0,1,0\n"
      ),
      ("inbreast", "INbreast.csv", "File Name;Bi-Rads\n22678622;4a\n"),
      ("brecahad", "a.json", "{\"tumor\": [{\"x\": 0.1, \"y\": 0.2}]}"),
      (
        "cbis-ddsm", "mass_case_description_train_set.csv",
        "patient_id,pathology,image file path\nP_1,BENIGN,a/b/c/0.dcm\n"
      ),
    ]
    for name in ["ISIC_1", "mdb001", "mdb002", "IMD003", "a", "22678622_p"] {
      try folder.draw("pictures_Dermoscopic_Image/\(name).png")
    }
    var generator = SeededGenerator(seed: 20)
    var failed = 0
    for (id, name, text) in files {
      for _ in 0..<60 {
        try FileBytes.write(
          mutated(Array(text.utf8), &generator), to: folder.file("\(name)"))
        let options = ReadingOptions(missingFiles: .leaveOut)
        if (try? DatasetReaders.read(id, at: folder.path, options: options)) == nil { failed += 1 }
      }
    }
    #expect(failed > 0 && failed < 480)
  }
}
