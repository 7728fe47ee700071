// Every reader reads the true layout of its dataset, drawn here file by file.
import Testing

@testable import Imaging

@Suite struct DatasetReaderTests {
  private func ids(_ dataset: ImageDataset, _ label: Int) -> [String] {
    dataset.samples.filter { $0.label == label }.map(\.id).sorted()
  }

  @Test("A BreakHis name tells class, subtype, slide and magnification")
  func breakHisName() throws {
    let name = try #require(BreakHisName("SOB_M_DC-14-2523-40-010"))
    #expect(name.isMalignant && name.subtype == "DC" && name.slide == "14-2523")
    #expect(name.magnification == 40)
  }

  @Test(
    "A name that is not BreakHis's is refused",
    arguments: ["SOB_X_DC-14-2523-40-010", "SOB_M_DC-14-2523-50-010", "SOB_M_DC-14-2523-40", "a"])
  func otherName(stem: String) { #expect(BreakHisName(stem) == nil) }

  private func breakHis(_ folder: TemporaryFolder) throws {
    let root = "BreaKHis_v1/histology_slides/breast"
    let names = [
      ("benign/SOB/adenosis", "SOB_B_A", "14-22549AB"),
      ("benign/SOB/adenosis", "SOB_B_A", "14-22549CD"),
      ("malignant/SOB/ductal_carcinoma", "SOB_M_DC", "14-2523"),
      ("malignant/SOB/papillary_carcinoma", "SOB_M_PC", "14-9146"),
    ]
    for (n, (path, kind, slide)) in names.enumerated() {
      for magnification in [40, 100, 200, 400] {
        let folderName = kind + "_" + slide
        try folder.draw(
          "\(root)/\(path)/\(folderName)/\(magnification)X/\(kind)-\(slide)-\(magnification)-001.png",
          shade: n * 10 + magnification)
      }
    }
  }

  @Test("BreakHis gives both tasks, and its slides as patients")
  func breakHisTasks() throws {
    let folder = try TemporaryFolder()
    try breakHis(folder)
    let binary = try DatasetReaders.read("breakhis", at: folder.path)
    #expect(binary.classCounts == [8, 8])
    #expect(Set(binary.samples.compactMap(\.patient)).count == 4)
    let eight = try DatasetReaders.read(
      "breakhis", at: folder.path + "/BreaKHis_v1",
      options: ReadingOptions(task: "eight-class", magnification: 200))
    #expect(eight.classCounts == [2, 0, 0, 0, 1, 0, 0, 1])
  }

  @Test("BreakHis tells which slides share an accession number")
  func breakHisNote() throws {
    let folder = try TemporaryFolder()
    try breakHis(folder)
    #expect(try DatasetReaders.read("breakhis", at: folder.path).notes[0].hasSuffix("14-22549"))
  }

  @Test("BreakHis takes the authors' fold lists where they lie beside it")
  func breakHisFolds() throws {
    let folder = try TemporaryFolder()
    try breakHis(folder)
    try folder.write(
      "SOB_B_A-14-22549AB-40-001.png|40|1|train\nSOB_M_DC-14-2523-40-001.png|40|1|test\n",
      to: "dsfold1.txt")
    let data = try DatasetReaders.read(
      "breakhis", at: folder.path, options: ReadingOptions(magnification: 40, officialFold: 1))
    let parts = data.samples.map { ($0.id, $0.officialPartition) }
    #expect(parts.first { $0.0 == "SOB_B_A-14-22549AB-40-001" }?.1 == .train)
    #expect(parts.first { $0.0 == "SOB_M_DC-14-2523-40-001" }?.1 == .test)
    #expect(throws: ImagingError.self) {
      try DatasetReaders.read(
        "breakhis", at: folder.path, options: ReadingOptions(officialFold: 2))
    }
  }

  private func ham(_ folder: TemporaryFolder) throws {
    try folder.write(
      """
      lesion_id,image_id,dx,dx_type,age,sex,localization
      HAM_1,ISIC_1,bkl,histo,80.0,male,scalp
      HAM_1,ISIC_2,bkl,histo,80.0,male,scalp
      HAM_2,ISIC_3,mel,histo,,female,back
      """, to: "HAM10000_metadata.csv")
    try folder.draw("HAM10000_images_part_1/ISIC_1.jpg", shade: 1)
    try folder.draw("HAM10000_images_part_1/ISIC_2.jpg", shade: 2)
  }

  @Test("HAM10000 refuses to pass over pictures that are missing, unless told")
  func hamMissing() throws {
    let folder = try TemporaryFolder()
    try ham(folder)
    #expect {
      try DatasetReaders.read("ham10000", at: folder.path)
    } throws: {
      "\($0)".contains("1 of 3 pictures that the table names are not there (first: ISIC_3)")
    }
    let data = try DatasetReaders.read(
      "ham10000", at: folder.path, options: ReadingOptions(missingFiles: .leaveOut))
    #expect(data.samples.count == 2)
    #expect(
      data.notes == [
        "1 of 3 pictures that the table names are not there (first: ISIC_3); they were left out"
      ])
  }

  @Test("HAM10000 keeps the lesion of each picture")
  func hamLesions() throws {
    let folder = try TemporaryFolder()
    try ham(folder)
    try folder.draw("HAM10000_images_part_2/ISIC_3.jpg", shade: 3)
    let data = try DatasetReaders.read(
      "ham10000", at: folder.path, options: ReadingOptions(task: "malignancy"))
    #expect(data.samples.map(\.lesion) == ["HAM_1", "HAM_1", "HAM_2"])
    #expect(data.samples.map(\.label) == [0, 0, 1])
    #expect(data.samples[2].attributes["sex"] == "female")
  }

  @Test("A table of pixels becomes pictures, with lesions where the metadata's order agrees")
  func hamPixels() throws {
    let folder = try TemporaryFolder()
    let header = (0..<12).map { "pixel000\($0)" }.joined(separator: ",")
    let rows = [2, 2, 6].map { label in
      (0..<12).map { String($0 * 20) }.joined(separator: ",") + ",\(label)"
    }
    try folder.write(
      header + ",label\n" + rows.joined(separator: "\n"), to: "hmnist_2_2_RGB.csv")
    try ham(folder)
    let data = try DatasetReaders.read("ham10000", at: folder.path + "/hmnist_2_2_RGB.csv")
    let image = try data.samples[0].load()
    #expect(image.size == PixelSize(2) && image.pixels == (0..<12).map { UInt8($0 * 20) })
    #expect(data.samples.map(\.lesion) == ["HAM_1", "HAM_1", "HAM_2"])
    #expect(data.samples.map { data.classes[$0.label] } == ["bkl", "bkl", "mel"])
  }

  @Test("A pixel above 255 is told with its line and column")
  func hamBadPixel() throws {
    let folder = try TemporaryFolder()
    try folder.write("pixel0000,label\n256,1\n", to: "h.csv")
    let path = folder.path + "/h.csv"
    #expect(
      throws: ImagingError.badTable(
        file: path, line: 2, reason: "'256' in pixel0000 is not 0 to 255")
    ) { try DatasetReaders.read("ham10000", at: path) }
  }

  @Test("mini-MIAS gives its tasks, pairs of films as patients, and patches around abnormalities")
  func mias() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      INFORMATION:
      1st column: MIAS database reference number.
      mdb001 G CIRC B 535 425 197
      mdb002 G CALC M *NOTE 3*
      mdb003 D NORM
      mdb004 F MISC B 100 900 20
      mdb004 F SPIC M 512 512 30
      """, to: "Info.txt")
    for n in 1...4 { try folder.draw("mdb00\(n).pgm", shade: n) }
    let severity = try DatasetReaders.read(
      "mias", at: folder.path, options: ReadingOptions(task: "severity"))
    #expect(severity.samples.map(\.label) == [1, 2, 0, 2])
    #expect(
      severity.samples.map(\.patient) == ["patient-1", "patient-1", "patient-2", "patient-2"])
    let patches = try DatasetReaders.read(
      "mias", at: folder.path, options: ReadingOptions(task: "abnormality-patches"))
    #expect(patches.samples.map(\.id) == ["mdb001-1", "mdb004-1", "mdb004-2"])
    guard case .patch(_, let x, let y, let side) = patches.samples[1].source else {
      Issue.record("a patch was expected")
      return
    }
    #expect(x == 100.0 / 1024 && y == 124.0 / 1024 && side == 40)
  }

  @Test("MED-NODE is read from its two folders")
  func medNode() throws {
    let folder = try TemporaryFolder()
    try folder.draw("complete_mednode_dataset/melanoma/1.jpg", shade: 1)
    try folder.draw("complete_mednode_dataset/naevus/2.jpg", shade: 2)
    try folder.draw("complete_mednode_dataset/naevus/3.jpg", shade: 3)
    let data = try DatasetReaders.read("med-node", at: folder.path)
    #expect(data.classes == ["nevus", "melanoma"] && data.classCounts == [2, 1])
  }

  @Test("BACH is read from its four folders of TIFFs")
  func bach() throws {
    let folder = try TemporaryFolder()
    let names = ["Normal/n001", "Benign/b001", "InSitu/is001", "Invasive/iv001", "Invasive/iv002"]
    for (n, name) in names.enumerated() {
      try folder.draw("ICIAR2018_BACH_Challenge/Photos/\(name).tif", shade: n)
    }
    #expect(try DatasetReaders.read("bach-2018", at: folder.path).classCounts == [1, 1, 1, 2])
    let binary = try DatasetReaders.read(
      "bach-2018", at: folder.path, options: ReadingOptions(task: "binary"))
    #expect(binary.classCounts == [2, 3])
  }

  @Test("PH2 takes diagnoses from its table and leaves the masks out")
  func ph2() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      ||   Name ||   Histological Diagnosis | Clinical Diagnosis || Asymmetry | Pigment Network ||
      || IMD003 ||                        ||         0          ||     0     |   T  |   A |  3 ||
      || IMD004 || Melanoma               ||         2          ||     2     |  AT  |   P | 3 4 ||
      || IMD005 ||                        ||         1          ||     1     |   T  |   A |  3 ||
      """, to: "PH2_dataset.txt")
    for n in 3...5 {
      let base = "PH2 Dataset images/IMD00\(n)/IMD00\(n)"
      try folder.draw("\(base)_Dermoscopic_Image/IMD00\(n).bmp", shade: n)
      try folder.draw("\(base)_lesion/IMD00\(n)_lesion.bmp", shade: n)
    }
    #expect(try DatasetReaders.read("ph2", at: folder.path).samples.map(\.label) == [0, 1, 0])
    let three = try DatasetReaders.read(
      "ph2", at: folder.path, options: ReadingOptions(task: "three-class"))
    #expect(three.samples.map(\.label) == [0, 2, 1])
  }

  @Test("APTOS is read from its table, and from Kaggle's graded folders")
  func aptos() throws {
    let folder = try TemporaryFolder()
    try folder.write("id_code,diagnosis\n000c1,2\n001d2,0\n002e3,4\n", to: "train.csv")
    for (n, name) in ["000c1", "001d2", "002e3"].enumerated() {
      try folder.draw("train_images/\(name).png", shade: n)
    }
    #expect(
      try DatasetReaders.read("aptos-2019", at: folder.path).samples.map(\.label) == [2, 0, 4])
    let referable = try DatasetReaders.read(
      "aptos-2019", at: folder.path, options: ReadingOptions(task: "referable"))
    #expect(referable.samples.map(\.label) == [1, 0, 1])
    let kaggle = try TemporaryFolder()
    for (n, grade) in ["No_DR", "Mild", "Moderate", "Severe", "Proliferate_DR"].enumerated() {
      try kaggle.draw("colored_images/\(grade)/\(n)f.png", shade: n)
    }
    #expect(try DatasetReaders.read("aptos-2019", at: kaggle.path).classCounts == [1, 1, 1, 1, 1])
  }

  @Test("A grade outside 0 to 4 is told with its line")
  func aptosBadGrade() throws {
    let folder = try TemporaryFolder()
    try folder.write("id_code,diagnosis\na,5\n", to: "train.csv")
    #expect(
      throws: ImagingError.badTable(
        file: folder.path + "/train.csv", line: 2, reason: "grade 5 is not 0 to 4")
    ) { try DatasetReaders.read("aptos-2019", at: folder.path) }
  }

  @Test("EyePACS pairs the two eyes of a patient")
  func eyePACS() throws {
    let folder = try TemporaryFolder()
    try folder.write("image,level\n10_left,0\n10_right,3\n", to: "trainLabels.csv")
    try folder.write("image,level,Usage\n1_left,1,Public\n", to: "retinopathy_solution.csv")
    for (n, name) in ["train/10_left", "train/10_right", "test/1_left"].enumerated() {
      try folder.draw("\(name).jpeg", shade: n)
    }
    let data = try DatasetReaders.read("eyepacs", at: folder.path)
    #expect(data.samples.map(\.patient) == ["10", "10", "1"])
    #expect(data.samples.map(\.officialPartition) == [.train, .train, .test])
  }

  @Test("IDC passes over the archive's second copy of itself")
  func idc() throws {
    let folder = try TemporaryFolder()
    for root in ["", "IDC_regular_ps50_idx5/"] {
      try folder.draw("\(root)10253/0/10253_idx5_x1001_y1001_class0.png", shade: 1)
      try folder.draw("\(root)10253/1/10253_idx5_x1051_y1001_class1.png", shade: 2)
      try folder.draw("\(root)8863/1/8863_idx5_x51_y1251_class1.png", shade: 3)
    }
    let data = try DatasetReaders.read("idc", at: folder.path)
    #expect(data.classCounts == [1, 2])
    #expect(Set(data.samples.compactMap(\.patient)) == ["10253", "8863"])
  }

  @Test("DermIS and DermQuest are told apart, contours left out")
  func waterloo() throws {
    let folder = try TemporaryFolder()
    let one = "Skin Image Data Set-1/skin_data/melanoma"
    let two = "Skin Image Data Set-2/skin_data/notmelanoma"
    for (n, name) in [
      "\(one)/dermis/1_orig", "\(one)/dermis/1_contour", "\(one)/dermquest/2_orig",
      "\(two)/dermis/3_orig", "\(two)/dermquest/4_orig", "\(two)/dermquest/5_orig",
    ].enumerated() { try folder.draw("\(name).png", shade: n) }
    #expect(try DatasetReaders.read("dermis", at: folder.path).classCounts == [1, 1])
    #expect(try DatasetReaders.read("dermquest", at: folder.path).classCounts == [2, 1])
    #expect(try DatasetReaders.read("derm-is-quest", at: folder.path).classCounts == [3, 2])
  }

  @Test("BreCaHAD becomes patches around its points, cases as patients")
  func breCaHAD() throws {
    let folder = try TemporaryFolder()
    try folder.draw("images/Case_1-01.tif")
    try folder.write(
      """
      {"mitosis": [{"x": 0.5, "y": 0.25}], "non_mitosis": [{"x": 0.6, "y": 0.6}], "apoptosis": [],
       "tumor": [{"x": 0.1, "y": 0.2}], "non_tumor": [{"x": 0.3, "y": 0.3}], "lumen": [],
       "non_lumen": [{"x": 1, "y": 1}]}
      """, to: "groundTruth/Case_1-01.json")
    let data = try DatasetReaders.read("brecahad", at: folder.path)
    #expect(data.classCounts == [1, 0, 1, 1, 0, 1])
    #expect(data.samples.allSatisfy { $0.patient == "Case_1" })
    #expect(data.notes.contains { $0.hasPrefix("1 points of non_mitosis") })
    #expect(try data.samples[0].load().size == PixelSize(64))
    let nuclei = try DatasetReaders.read(
      "brecahad", at: folder.path, options: ReadingOptions(task: "tumour-patches"))
    #expect(ids(nuclei, 1) == ["Case_1-01/tumor-1"])
  }

  @Test("CBIS-DDSM joins abnormalities of one mammogram, malignant where any is")
  func cbis() throws {
    let folder = try TemporaryFolder()
    let header = "patient_id,left or right breast,pathology,image file path\n"
    try folder.write(
      header + """
        P_1,LEFT,BENIGN,Mass-Training_P_1_LEFT_CC/1.2.3/1.3.61/000000.dcm
        P_1,LEFT,MALIGNANT,Mass-Training_P_1_LEFT_CC/1.2.3/1.3.61/000000.dcm
        P_2,LEFT,BENIGN_WITHOUT_CALLBACK,Mass-Training_P_2_LEFT_CC/1.2.3/1.3.62/000000.dcm
        """, to: "csv/mass_case_description_train_set.csv")
    try folder.write(
      header + "P_3,LEFT,MALIGNANT,Calc-Test_P_3_LEFT_CC/1.2.3/1.3.63/000000.dcm\n",
      to: "csv/calc_case_description_test_set.csv")
    for n in 1...3 { try folder.draw("jpeg/1.3.6\(n)/1-026.jpg", shade: n) }
    let data = try DatasetReaders.read("cbis-ddsm", at: folder.path)
    #expect(data.samples.map(\.label) == [1, 0, 1])
    #expect(data.samples.map(\.officialPartition) == [.train, .train, .test])
    let kind = try DatasetReaders.read(
      "cbis-ddsm", at: folder.path, options: ReadingOptions(task: "mass-calcification"))
    #expect(kind.samples.map(\.label) == [0, 0, 1])
  }

  @Test("INbreast halves its categories between 3 and 4 and finds patients in file names")
  func inbreast() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads
      removed;removed;R;CC;201001;22678622;4;1
      removed;removed;L;CC;201001;22678646;     ;4c
      removed;removed;L;MLO;201001;22678670;4;3
      """, to: "INbreast.csv")
    try folder.draw("22678622_61b13c59bcba149f_MG_R_CC_ANON.png", shade: 1)
    try folder.draw("22678646_61b13c59bcba149f_MG_L_CC_ANON.png", shade: 2)
    try folder.draw("22678670_61b13c59bcba1500_MG_L_ML_ANON.png", shade: 3)
    let data = try DatasetReaders.read("inbreast", at: folder.path)
    #expect(data.samples.map(\.label) == [0, 1, 0])
    #expect(
      data.samples.map(\.patient) == ["61b13c59bcba149f", "61b13c59bcba149f", "61b13c59bcba1500"])
  }

  @Test("INbreast's own DICOM files are read where they lie")
  func inbreastDICOM() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "Patient ID;File Name;ACR;Bi-Rads\nremoved;22678622;4;5\n",
      to: "INbreast Release 1.0/INbreast.csv")
    let name = "INbreast Release 1.0/AllDICOMs/22678622_61b13c59bcba149f_MG_R_CC_ANON.dcm"
    try FileBytes.write(FileBytes.read(fixture("dicom/grey12.dcm")), to: folder.file(name))
    let data = try DatasetReaders.read("inbreast", at: folder.path)
    #expect(data.samples.map(\.label) == [1])
    #expect(try data.samples[0].load().size == PixelSize(width: 21, height: 17))
  }

  @Test("CBIS-DDSM's DICOM files are found by their series")
  func cbisDICOM() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "patient_id,pathology,image file path\nP_1,BENIGN,M_P_1_LEFT_CC/1.2.3/1.3.61/000000.dcm\n",
      to: "mass_case_description_train_set.csv")
    let name = "CBIS-DDSM/M_P_1_LEFT_CC/1.2.3/1.3.61/1-1.dcm"
    try FileBytes.write(FileBytes.read(fixture("dicom/grey16.dcm")), to: folder.file(name))
    let data = try DatasetReaders.read("cbis-ddsm", at: folder.path)
    #expect(data.classCounts == [1, 0])
    #expect(try data.samples[0].load().channels == 1)
  }

  @Test("A folder for each class is read with its parts")
  func folders() throws {
    let folder = try TemporaryFolder()
    for (n, name) in ["train/b/1", "train/a/2", "test/a/3", "val/b/4"].enumerated() {
      try folder.draw("\(name).png", shade: n)
    }
    let data = try DatasetReaders.read("folder", at: folder.path)
    #expect(data.classes == ["a", "b"])
    #expect(
      data.samples.map(\.id) == ["test/a/3.png", "train/a/2.png", "train/b/1.png", "val/b/4.png"])
    #expect(data.samples.map(\.officialPartition) == [.test, .train, .train, .validation])
  }

  @Test("A manifest gives labels, patients and parts; a picture named twice is an error")
  func manifest() throws {
    let folder = try TemporaryFolder()
    try folder.draw("p/x.png", shade: 1)
    try folder.write(
      "path,label,patient,split\np/x.png,yes,A,train\np/y.png,no,,test\n", to: "m.csv")
    let data = try DatasetReaders.read("csv", at: folder.path + "/m.csv")
    #expect(data.classes == ["no", "yes"] && data.samples.map(\.patient) == ["A", nil])
    #expect(try data.samples[0].load().size == PixelSize(8))
    try folder.write("path,label\na,1\na,2\n", to: "twice.csv")
    #expect(
      throws: ImagingError.badTable(
        file: folder.path + "/twice.csv", line: 3, reason: "'a' appears twice")
    ) { try DatasetReaders.read("csv", at: folder.path + "/twice.csv") }
  }

  @Test("Every id is found, and a mistyped one gets the nearest")
  func registry() throws {
    #expect(DatasetReaders.ids == DatasetReaders.ids.sorted())
    #expect(Set(DatasetReaders.ids).count == DatasetReaders.ids.count)
    #expect(try DatasetReaders.reader(for: "BreakHis").card.id == "breakhis")
    #expect(try DatasetReaders.reader(for: "isic-2018-task3").card.id == "isic-2018")
    #expect(throws: ImagingError.unknownDataset(name: "breakhiss", nearest: "breakhis")) {
      try DatasetReaders.reader(for: "breakhiss")
    }
  }

  @Test("A task that a dataset has not is answered with those it has")
  func unknownTask() throws {
    #expect(
      throws: ImagingError.unknownTask(
        dataset: "breakhis", task: "3", known: ["binary", "eight-class"])
    ) { try DatasetReaders.read("breakhis", at: "/", options: ReadingOptions(task: "3")) }
  }

  @Test("An empty folder is answered with the layout expected", arguments: DatasetReaders.ids)
  func emptyFolder(id: String) throws {
    let folder = try TemporaryFolder()
    #expect {
      try DatasetReaders.read(id, at: folder.path)
    } throws: { "\($0)".contains(folder.path) }
  }
}

@Suite struct ISICReaderTests {
  @Test("ISIC 2016 reads tables without a header, words and numbers alike")
  func year2016() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "ISIC_0000000,benign\nISIC_0000001,malignant\n",
      to: "ISBI2016_ISIC_Part3_Training_GroundTruth.csv")
    try folder.write("ISIC_0000003,1.0\n", to: "ISBI2016_ISIC_Part3_Test_GroundTruth.csv")
    for n in [0, 1, 3] { try folder.draw("data/ISIC_000000\(n).jpg", shade: n) }
    let data = try DatasetReaders.read("isic-2016", at: folder.path)
    #expect(data.samples.map(\.label) == [0, 1, 1])
    #expect(data.samples.map(\.officialPartition) == [.train, .train, .test])
  }

  @Test("ISIC 2017 has three classes, the third where neither column is set")
  func year2017() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "image_id,melanoma,seborrheic_keratosis\nISIC_1,0.0,0.0\nISIC_2,1.0,0.0\nISIC_3,0.0,1.0\n",
      to: "ISIC-2017_Training_Part3_GroundTruth.csv")
    for n in 1...3 {
      try folder.draw("d/ISIC_\(n).jpg", shade: n)
      try folder.draw("d/ISIC_\(n)_superpixels.png", shade: n)
    }
    #expect(
      try DatasetReaders.read("isic-2017", at: folder.path).samples.map(\.label) == [2, 0, 1])
  }

  @Test("ISIC 2018 joins the lesion groups")
  func year2018() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\nISIC_1,0,1,0,0,0,0,0\nISIC_2,0,0,0,0,0,0,1\n",
      to: "ISIC2018_Task3_Training_GroundTruth/ISIC2018_Task3_Training_GroundTruth.csv")
    try folder.write(
      "image,lesion_id,diagnosis_confirm_type\nISIC_1,HAM_7,histo\nISIC_2,HAM_8,histo\n",
      to: "ISIC2018_Task3_Training_LesionGroupings.csv")
    for n in 1...2 { try folder.draw("d/ISIC_\(n).jpg", shade: n) }
    let data = try DatasetReaders.read("isic-2018", at: folder.path)
    #expect(data.samples.map { data.classes[$0.label] } == ["NV", "VASC"])
    #expect(data.samples.map(\.lesion) == ["HAM_7", "HAM_8"])
  }

  @Test("ISIC 2019 leaves its unknown class out and takes lesions from the metadata")
  func year2019() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\nISIC_1,0,0,0,0,0,0,0,1,0\nISIC_2,0,0,0,0,0,0,0,0,1\n",
      to: "ISIC_2019_Training_GroundTruth.csv")
    try folder.write(
      "image,age_approx,anatom_site_general,lesion_id,sex\nISIC_1,55,back,BCN_1,male\nISIC_2,,,,\n",
      to: "ISIC_2019_Training_Metadata.csv")
    for n in 1...2 { try folder.draw("d/ISIC_\(n).jpg", shade: n) }
    let data = try DatasetReaders.read("isic-2019", at: folder.path)
    #expect(data.samples.map(\.id) == ["ISIC_1"] && data.classes[data.samples[0].label] == "SCC")
    #expect(data.samples[0].lesion == "BCN_1")
  }

  @Test("ISIC 2020 keeps its patients")
  func year2020() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "image_name,patient_id,sex,age_approx,diagnosis,benign_malignant,target\n"
        + "ISIC_1,IP_1,male,45,unknown,benign,0\nISIC_2,IP_1,male,45,melanoma,malignant,1\n",
      to: "ISIC_2020_Training_GroundTruth.csv")
    for n in 1...2 { try folder.draw("train/ISIC_\(n).jpg", shade: n) }
    let data = try DatasetReaders.read("isic-2020", at: folder.path)
    #expect(data.samples.map(\.patient) == ["IP_1", "IP_1"] && data.classCounts == [1, 1])
  }
}
