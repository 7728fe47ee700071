// What of the datasets may be fetched, and from where.

/// A file that its publisher lets anybody fetch.
package struct DatasetDownload: Sendable, Equatable {
  package let url: String
  /// The name that the file gets.
  package let file: String
  /// Published by the host or by a library that checks it; nil where nobody publishes one.
  package let sha256: String?
  package let md5: String?
  /// Which of several variants it is, such as a side in pixels; nil for a file that is always needed.
  package let variant: String?

  package init(
    _ url: String, file: String? = nil, sha256: String? = nil, md5: String? = nil,
    variant: String? = nil
  ) {
    self.url = url
    self.file = file ?? String(url.prefix { $0 != "?" }.split(separator: "/").last ?? "file")
    self.sha256 = sha256
    self.md5 = md5
    self.variant = variant
  }
}

extension DatasetCard {
  /// The files of the dataset that its licence and its host let a program fetch; empty where a form,
  /// an account or a request stands in between: then `access` says what to do.
  ///
  /// Checked against the addresses that public loaders of these sets use. MedMNIST's checksums are
  /// those of its paper's data record, HAM10000's are Dataverse's own, BACH's is Zenodo's, those of the
  /// Waterloo sets are torch-em's.
  package var downloads: [DatasetDownload] {
    if let digests = Self.medMNIST[id] {
      return zip(["28", "64", "128", "224"], digests).map { side, md5 in
        let name = side == "28" ? "\(id).npz" : "\(id)_\(side).npz"
        return DatasetDownload(
          "https://zenodo.org/records/10519652/files/\(name)?download=1", md5: md5, variant: side)
      }
    }
    return Self.others[id] ?? []
  }

  /// What the publisher asks of whoever fetches it, where that is more than naming the source.
  package var terms: String? {
    switch id {
    case "ham10000", "dermamnist", "isic-2018", "isic-2019", "isic-2020":
      "not for commercial use (\(licence))"
    case "bach-2018": "not for commercial use, not to be passed on changed (\(licence))"
    case "mias": "for research only, cited as its Licence.txt asks (\(licence))"
    case "dermis", "dermquest", "derm-is-quest", "med-node": "for research only (\(licence))"
    default: nil
    }
  }

  /// MD5 of the archives of 28, 64, 128 and 224 pixels.
  private static let medMNIST: [String: [String]] = [
    "bloodmnist": [
      "7053d0359d879ad8a5505303e11de1dc", "2b94928a2ae4916078ca51e05b6b800b",
      "adace1e0ed228fccda1f39692059dd4c", "b718ff6835fcbdb22ba9eacccd7b2601",
    ],
    "breastmnist": [
      "750601b1f35ba3300ea97c75c52ff8f6", "742edef2a1fd1524b2efff4bd7ba9364",
      "363e4b3f8d712e9b5de15470a2aaadf1", "b56378a6eefa9fed602bb16d192d4c8b",
    ],
    "chestmnist": [
      "02c8a6516a18b556561a56cbdd36c4a8", "9de6cd0b934ebb5b7426cfba5efbae16",
      "db107e5590b27930b62dbaf558aebee3", "45bd33e6f06c3e8cdb481c74a89152aa",
    ],
    "dermamnist": [
      "0744692d530f8e62ec473284d019b0c7", "b70a2f5635c6199aeaa28c31d7202e1f",
      "2defd784463fa5243564e855ed717de1", "8974907d8e169bef5f5b96bc506ae45d",
    ],
    "octmnist": [
      "c68d92d5b585d8d81f7112f81e2d0842", "e229e9440236b774d9f0dfef9d07bdaf",
      "0a97e76651ace45c5d943ee3f65b63ae", "abc493b6d529d5de7569faaef2773ba3",
    ],
    "organamnist": [
      "68e3f8846a6bd62f0c9bf841c0d9eacc", "2dcccc29b88e6da5a01161ef20cda288",
      "eeae80d0a227a8d099027e1b3cfd3b60", "50747347e05c87dd3aaf92c49f9f3170",
    ],
    "organcmnist": [
      "b9ceb9546e10131b32923c5bbeaea2b1", "3ce34a8724ea6f548e6db4744d03b6a9",
      "773c1f009daa3fe5d9a2a201b2a7ed94", "050f5e875dc056f6768abf94ec9995d1",
    ],
    "organsmnist": [
      "9ab87b696fb54e2a387ebe992d6ed5f1", "53a6d115339d874c25e309a994ff46d3",
      "ded0c5fa01a95dc4978b956f613e9b8e", "b354719e553fbbb2513d5533f52a4cb1",
    ],
    "pathmnist": [
      "a8b06965200029087d5bd730944a56c1", "55aa9c1e0525abe5a6b9d8343a507616",
      "ac42d08fb904d92c244187169d1fd1d9", "2c51a510bcdc9cf8ddb2af93af1eadec",
    ],
    "pneumoniamnist": [
      "28209eda62fecd6e6a2d98b1501bb15f", "8f4eceb4ccffa70c672198ea285246c6",
      "05b46931834c231683c68f40c47b2971", "d6a3c71de1b945ea11211b03746c1fe1",
    ],
    "retinamnist": [
      "bd4c0672f1bba3e3a89f0e4e876791e4", "afda852cc34dcda56f86ad2b2457dbcc",
      "e48e916a24454daf90583d4e6efb1a18", "eae7e3b6f3fcbda4ae613ebdcbe35348",
    ],
    "tissuemnist": [
      "ebe78ee8b05294063de985d821c1c34b", "123ece2eba09d0aa5d698fda57103344",
      "61b955355d7425a89687b06cca3ce0c2", "b077128c4a949f0a4eb01517f9037b9c",
    ],
  ]

  private static let waterloo =
    "https://uwaterloo.ca/vision-image-processing-lab/sites/"
    + "ca.vision-image-processing-lab/files/uploads/files/"
  private static let isic = "https://isic-challenge-data.s3.amazonaws.com/"
  private static let skinImageSets = [
    DatasetDownload(
      waterloo + "skin_image_data_set-1.zip",
      sha256: "1788cd3eb7a4744012aad9a154e514fc5b82b9f3b19e31cc1b6ded5fc6bed297"),
    DatasetDownload(
      waterloo + "skin_image_data_set-2.zip",
      sha256: "108a818baf20b36ef4544ebda10a8075dad99e335f0535c9533bb14cb02b5c53"),
  ]

  private static let others: [String: [DatasetDownload]] = [
    "bach-2018": [
      DatasetDownload(
        "https://zenodo.org/records/3632035/files/ICIAR2018_BACH_Challenge.zip",
        md5: "8ae1801334aa943c44627c1eef3631b2")
    ],
    "breakhis": [DatasetDownload("http://www.inf.ufpr.br/vri/databases/BreaKHis_v1.tar.gz")],
    "dermis": skinImageSets, "dermquest": skinImageSets, "derm-is-quest": skinImageSets,
    "ham10000": [
      DatasetDownload(
        "https://dataverse.harvard.edu/api/access/datafile/4338392?format=original",
        file: "HAM10000_metadata.csv", md5: "8f85fb1aa29d80a2797247e434deb79d"),
      DatasetDownload(
        "https://dataverse.harvard.edu/api/access/datafile/3172585",
        file: "HAM10000_images_part_1.zip", md5: "4639bfa73ab251610530a97c898e6e46"),
      DatasetDownload(
        "https://dataverse.harvard.edu/api/access/datafile/3172584",
        file: "HAM10000_images_part_2.zip", md5: "da43d6cc50f6613013be07e8986b384b"),
    ],
    "idc": [
      DatasetDownload("http://andrewjanowczyk.com/wp-static/IDC_regular_ps50_idx5.zip")
    ],
    "isic-2016": [
      DatasetDownload(isic + "2016/ISBI2016_ISIC_Part3_Training_Data.zip"),
      DatasetDownload(isic + "2016/ISBI2016_ISIC_Part3_Training_GroundTruth.csv"),
      DatasetDownload(isic + "2016/ISBI2016_ISIC_Part3_Test_Data.zip"),
      DatasetDownload(isic + "2016/ISBI2016_ISIC_Part3_Test_GroundTruth.csv"),
    ],
    "isic-2018": [
      DatasetDownload(isic + "2018/ISIC2018_Task3_Training_Input.zip"),
      DatasetDownload(isic + "2018/ISIC2018_Task3_Training_GroundTruth.zip"),
    ],
    "isic-2019": [
      DatasetDownload(isic + "2019/ISIC_2019_Training_Input.zip"),
      DatasetDownload(isic + "2019/ISIC_2019_Training_GroundTruth.csv"),
      DatasetDownload(isic + "2019/ISIC_2019_Training_Metadata.csv"),
    ],
    "med-node": [
      DatasetDownload(
        "https://www.cs.rug.nl/~imaging/databases/melanoma_naevi/complete_mednode_dataset.zip")
    ],
    "mias": [DatasetDownload("http://peipa.essex.ac.uk/pix/mias/all-mias.tar.gz")],
  ]
}
