// Real pictures and tables, where the machine has them; skipped by name elsewhere.
import Testing

@testable import Imaging

@Suite struct RealDataTests {
  // The real pictures lie beside the checkout on some machines; the facts below are counted there.
  @Test(
    "BreastMNIST has its published counts",
    .enabled(if: RealData.has("medmnist/breastmnist.npz")))
  func breastMNIST() throws {
    let data = try DatasetReaders.read("breastmnist", at: RealData.path("medmnist"))
    let check = data.verify(
      against: [
        ExpectedCount(780), ExpectedCount(210, label: "malignant"),
        ExpectedCount(570, label: "normal, benign"), ExpectedCount(546, partition: .train),
        ExpectedCount(78, partition: .validation), ExpectedCount(156, partition: .test),
      ])
    #expect(check.passes, "\(check.rows)")
    #expect(try data.samples[0].load().size == PixelSize(28))
  }

  @Test(
    "RetinaMNIST has its published parts, in colour",
    .enabled(if: RealData.has("medmnist/retinamnist.npz")))
  func retinaMNIST() throws {
    let data = try DatasetReaders.read("retinamnist", at: RealData.path("medmnist/retinamnist.npz"))
    let check = data.verify(
      against: [
        ExpectedCount(1600), ExpectedCount(1080, partition: .train),
        ExpectedCount(120, partition: .validation), ExpectedCount(400, partition: .test),
      ],
      decoding: false)
    #expect(check.passes)
    #expect(try data.samples[1599].load().channels == 3)
  }

  @Test(
    "BreakHis's real names and pictures are read, one of each subtype",
    .enabled(if: RealData.has("breakhis/BreaKHis_v1")))
  func breakHis() throws {
    let data = try DatasetReaders.read(
      "breakhis", at: RealData.path("breakhis"), options: ReadingOptions(task: "eight-class"))
    #expect(data.samples.count == 12)
    #expect(data.classCounts == [1, 5, 1, 1, 1, 1, 1, 1])
    let check = data.verify(against: [])
    #expect(check.unreadable.isEmpty && check.duplicates.isEmpty)
    #expect(try data.samples.allSatisfy { try $0.load().width == 700 })
  }

  @Test(
    "HAM10000's metadata join a real subset of pictures",
    .enabled(if: RealData.has("ham10000/HAM10000_metadata.csv")))
  func ham() throws {
    let data = try DatasetReaders.read(
      "ham10000", at: RealData.path("ham10000"), options: ReadingOptions(missingFiles: .leaveOut))
    #expect(data.samples.count > 500 && data.classCounts.allSatisfy { $0 > 0 })
    #expect(data.samples.allSatisfy { $0.lesion != nil })
    #expect(try data.samples[0].load().channels == 3)
  }

  @Test(
    "Kaggle's pixel table has HAM10000's published counts and its 7,470 lesions",
    .enabled(if: RealData.has("ham10000/hmnist_8_8_L.csv")))
  func hamPixels() throws {
    let data = try DatasetReaders.read("ham10000", at: RealData.path("ham10000/hmnist_8_8_L.csv"))
    let classes = [
      "akiec": 327, "bcc": 514, "bkl": 1099, "df": 115, "nv": 6705, "vasc": 142, "mel": 1113,
    ].map { ExpectedCount($1, label: $0) }
    let all = [ExpectedCount(10015), ExpectedCount(7470, of: .lesions)]
    let check = data.verify(against: all + classes, decoding: false)
    #expect(check.rows.allSatisfy { $0.expected != nil } && check.passes, "\(check.rows)")
  }

  @Test(
    "mini-MIAS's own Info.txt gives 207 normal films, 63 benign, 51 malignant and mdb144, both",
    .enabled(if: RealData.has("mini_mias/Info.txt")))
  func miasInfo() throws {
    let records = try MIASRecord.parse(file: RealData.path("mini_mias/Info.txt"))
    #expect(records.count == 330)
    let films = Dictionary(grouping: records, by: \.picture).mapValues { Set($0.map(\.severity)) }
    #expect(films.count == 322)
    #expect(films.values.count { $0 == [.normal] } == 207)
    #expect(films.values.count { $0 == [.benign] } == 63)
    #expect(films.values.count { $0 == [.malignant] } == 51)
    #expect(films["mdb144"] == [.benign, .malignant])
  }

  @Test(
    "Real mini-MIAS films decode at 1024 × 1024",
    .enabled(if: RealData.has("mini_mias/mdb001.pgm")))
  func miasPictures() throws {
    let data = try DatasetReaders.read(
      "mias", at: RealData.path("mini_mias"),
      options: ReadingOptions(task: "abnormality-patches", missingFiles: .leaveOut))
    #expect(!data.samples.isEmpty)
    let patch = try data.samples[0].load()
    #expect(patch.width == 394 && patch.channels == 1)
  }

  @Test("A real PH2 bitmap and its mask decode", .enabled(if: RealData.has("ph2")))
  func ph2() throws {
    let base = "ph2/PH2 Dataset images/IMD002/IMD002_"
    let image = try ImageFile.read(RealData.path(base + "Dermoscopic_Image/IMD002.bmp"))
    #expect(image.channels == 3 && image.width > 500)
    let mask = try ImageFile.read(RealData.path(base + "lesion/IMD002_lesion.bmp"))
    #expect(mask.size == image.size && Set(mask.pixels) == [0, 255])
  }

  @Test(
    "Real MED-NODE photographs are read from their folders", .enabled(if: RealData.has("mednode")))
  func medNode() throws {
    let data = try DatasetReaders.read("med-node", at: RealData.path("mednode"))
    #expect(data.classCounts == [1, 1])
    #expect(data.verify(against: [ExpectedCount(2)]).passes)
  }

  @Test(
    "The real pairs of one lesion never straddle a lesion-level split of HAM10000",
    .enabled(if: RealData.has("ham10000/hmnist_8_8_L.csv")))
  func hamSplit() throws {
    let data = try DatasetReaders.read("ham10000", at: RealData.path("ham10000/hmnist_8_8_L.csv"))
    let method = SplitMethod.holdout(train: 0.8, validation: 0, test: 0.2)
    let byLesion = try SplitPlan(unit: .lesion, method: method, seed: 1).split(data)
    #expect(try byLesion.leakage(in: data, comparingPictures: false).lesionsAcross == 0)
    let byImage = try SplitPlan(unit: .image, method: method, seed: 1).split(data)
    #expect(try byImage.leakage(in: data, comparingPictures: false).lesionsAcross > 300)
  }
}
