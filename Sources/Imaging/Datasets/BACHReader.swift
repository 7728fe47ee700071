// BACH / ICIAR 2018: 400 microscopy pictures in four folders of TIFFs.

/// Reads `ICIAR2018_BACH_Challenge/Photos`. Patients are not told.
package struct BACHReader: DatasetReader {
  package let card = DatasetCard(
    id: "bach-2018", name: "BACH 2018", tasks: ["four-class", "binary"],
    layout: "ICIAR2018_BACH_Challenge/Photos/{Normal,Benign,InSitu,Invasive}/*.tif",
    licence: "CC BY-NC-ND", homepage: "https://iciar2018-challenge.grand-challenge.org/",
    citation: "Aresta et al. 2019, doi 10.1016/j.media.2019.05.010",
    access: "register at the homepage, or take it from Zenodo record 3632035")

  package init() {}

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let isBinary = task == "binary"
    let names =
      isBinary
      ? ["normal": 0, "benign": 0, "insitu": 1, "invasive": 1]
      : ["normal": 0, "benign": 1, "insitu": 2, "invasive": 3]
    let classes =
      isBinary ? ["non-carcinoma", "carcinoma"] : ["normal", "benign", "in situ", "invasive"]
    return try readClassFolders(path, task: task, classes: classes, names: names)
  }
}
