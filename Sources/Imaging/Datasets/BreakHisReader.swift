// BreakHis: 7,909 breast tumour pictures whose names carry class, subtype, slide, magnification.

/// Reads `BreaKHis_v1` from file names, as in `SOB_M_DC-14-2523-40-010.png`.
package struct BreakHisReader: DatasetReader {
  package let card = DatasetCard(
    id: "breakhis", name: "BreakHis", tasks: ["binary", "eight-class"],
    layout: "BreaKHis_v1/histology_slides/breast/…/40X/SOB_B_A-14-22549AB-40-001.png",
    licence: "CC BY 4.0, research",
    homepage:
      "https://web.inf.ufpr.br/vri/databases/breast-cancer-histopathological-database-breakhis/",
    citation: "Spanhol et al. 2016, doi 10.1109/TBME.2015.2496264",
    access: "download BreaKHis_v1.tar.gz from the homepage and unpack it")

  private static let subtypes = [
    ("A", "adenosis"), ("F", "fibroadenoma"), ("PT", "phyllodes tumor"), ("TA", "tubular adenoma"),
    ("DC", "ductal carcinoma"), ("LC", "lobular carcinoma"), ("MC", "mucinous carcinoma"),
    ("PC", "papillary carcinoma"),
  ]

  package init() {}

  package func classes(_ task: String) -> [String]? {
    task == "binary" ? ["benign", "malignant"] : Self.subtypes.map(\.1)
  }

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    let partitions = try officialPartitions(index, options.officialFold)
    var samples: [Sample] = []
    var seen: Set<String> = []
    var slidesOfCase: [String: Set<String>] = [:]
    for file in index.pictures {
      guard let name = BreakHisName(FolderIndex.stem(file)), seen.insert(name.text).inserted,
        let subtype = Self.subtypes.firstIndex(where: { $0.0 == name.subtype })
      else { continue }
      let accession = String(name.slide.prefix { !$0.isLetter })
      slidesOfCase[accession, default: []].insert(name.slide)
      samples.append(
        Sample(
          id: name.text, source: .file(index.absolute(file)),
          label: task == "binary" ? (name.isMalignant ? 1 : 0) : subtype, patient: name.slide,
          magnification: name.magnification, officialPartition: partitions[name.text],
          attributes: ["subtype": Self.subtypes[subtype].1, "accession": accession]))
    }
    let shared = slidesOfCase.filter { $0.value.count > 1 }.keys.sorted()
    let note =
      "patients are the slide numbers of the file names, as the authors count them; slides that "
      + "share an accession number, perhaps one person: \(shared.joined(separator: ", "))"
    return try dataset(
      path, task: task, classes: classes(task) ?? [], samples: samples,
      notes: shared.isEmpty ? [] : [note])
  }

  /// The authors' lists `dsfold1.txt` … `dsfold5.txt`: `name.png|magnification|fold|train`.
  private func officialPartitions(
    _ index: FolderIndex, _ fold: Int?
  ) throws(ImagingError) -> [String: Partition] {
    guard let fold else { return [:] }
    guard let file = index.file(named: "dsfold\(fold).txt") else {
      throw layoutError(index.root, "the authors' list dsfold\(fold).txt is not in it")
    }
    let path = index.absolute(file)
    var result: [String: Partition] = [:]
    for (number, line) in try FileBytes.lines(path) {
      let fields = line.split(separator: "|").map { $0.filter { $0 != " " } }
      guard fields.count == 4, let partition = Partition(named: String(fields[3])) else {
        throw .badTable(
          file: path, line: number, reason: "expected name.png|magnification|fold|train or test"
        )
      }
      result[FolderIndex.stem(String(fields[0]))] = partition
    }
    return result
  }
}

/// The parts of a BreakHis file name.
struct BreakHisName: Equatable {
  let text: String
  let isMalignant: Bool
  let subtype: String
  /// Year and slide, such as `14-2523`.
  let slide: String
  let magnification: Int

  init?(_ stem: String) {
    let parts = stem.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, let magnification = Int(parts[3]), Int(parts[4]) != nil else {
      return nil
    }
    let head = parts[0].split(separator: "_").map(String.init)
    guard head.count == 3, head[0] == "SOB", head[1] == "B" || head[1] == "M",
      [40, 100, 200, 400].contains(magnification)
    else { return nil }
    text = stem
    isMalignant = head[1] == "M"
    subtype = head[2]
    slide = parts[1] + "-" + parts[2]
    self.magnification = magnification
  }
}
