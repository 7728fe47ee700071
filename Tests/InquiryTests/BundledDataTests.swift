// Contradictions of the review that were found by eye: the rules must find them too.

import Catalog
import Evidence
import Testing

@testable import Inquiry

@Suite("Contradictions of the review")
struct BundledDataTests {
  static let findings = Result {
    let knowledge = try Checkout.loaded.get().knowledge
    return ContradictionQuery.findings(
      of: try ContradictionQuery().chosen(from: Checkout.rules()), in: Corpus(knowledge))
  }

  /// The rule, the beginning of the finding's key, and words of its sentence or computation.
  struct Known: Sendable, CustomTestStringConvertible {
    let id: String
    let words: [String]

    init(_ id: String, _ words: String...) {
      self.id = id
      self.words = words
    }

    var testDescription: String { id }

    static let all: [Known] = [
      Known("repeated-value/saber-2021.vgg16.accuracy", "96.8%", "98.96%"),
      Known("repeated-value/saber-2021.vgg16.recall", "96%", "97.83%"),
      Known("repeated-value/janoria-2020.vgg16-knn.accuracy", "99%", "99.9%"),
      Known("swapped-values/hosny-2020", "96.86%", "97.70%", "Table 1", "Table 3"),
      Known("shared-values/alzubaidi-2021", "99.03%", "[42] Kassem"),
      Known("citation-authors/45-munien", "[45]", "[43]"),
      Known("citation-authors/31-eduvuganti", "Edupuganti"),
      Known("citation-authors/67-phankokkrud", "Phankokkruad"),
      Known("citation-title/82-dermquest", "ISIC"),
      Known("citation-title/82-isic-2016", "ISIC2017"),
      Known("listed-task/alzubaidi-2020", "BACH2018", "red blood cell"),
      Known("harmonic-mean/le-undated", "84%", "86.989%"),
      Known("harmonic-mean/saber-2021", "97.66%", "97.589%", "no averaging"),
      Known("harmonic-mean/hassan-2020", "98.27%", "98.288%"),
      Known("one-versus-rest/kassem-2020", "94.92%", "79.8%"),
      Known("parts-and-totals/breakhis.images.classes", "7,869", "7,909"),
      Known("parts-and-totals/breakhis.images.subclasses", "2,480", "2,440"),
      Known("parts-and-totals/isic-2018", "12,609", "difference 15"),
      Known("parts-and-totals/bach-2018", "400 + 100 = 500"),
      Known("different-sizes/breakhis.classes", "Eight", "two"),
      Known("mixed-splits/mukhlif-2022.table-5", "ISIC2016", "ISIC2019"),
      Known("contained-twice/ham10000-isic-2018", "10,015"),
      Known("union-as-part/derm-is-quest", "343", "206"),
      Known("augmentation-factor/jasil-2021", "1.0285"),
      Known("rotation-step/hosny-2020.72", "36 different angles", "5°"),
      Known("neighbouring-cell/saber-2021", "= 8"),
      Known("neighbouring-cell/vesal-2018", "= 3"),
      Known("neighbouring-cell/khalifa-2019", "= 4"),
      Known("used-by/bach-2018.chang-2017", "BreaKHis", "older than the dataset of 2018"),
      Known("used-by/breakhis.missing", "[32]", "[54]", "[55]"),
      Known("used-by/mias.missing", "[56]"),
      Known("used-by/brecahad.alzubaidi-2021", "DFU", "IDC"),
      Known("backbone-used-by/inception-v3.missing", "[22]", "[31]"),
      Known("backbone-used-by/vgg.missing", "[29]"),
      Known("most-used/most-used-datasets-breast-cancer", "BreakHis", "BACH2018"),
      Known("most-used/most-used-datasets-diabetic-retinopathy", "EyePACS"),
      Known("most-used/most-used-metrics-2.4", "specificity", "Abstract"),
      Known("complete-list/lists-results-breast-cancer.missing", "[29]", "[32]", "[33]"),
      Known("universal-claim/all-studies-pretraining", "[42]"),
      Known("modality-list/modality-x-ray-breast-cancer.saber-2021", "chest", "MIAS"),
      Known("modality-list/modality-dermoscopy-skin-cancer.sasikala-2020", "Clinical images"),
      Known("dataset-modality/med-node", "[85]"),
      Known("printed-names/bach-2018", "ICAR2018", "ICIA2018"),
      Known("printed-names/breakhis", "BreCaHis", "BreCaHAD"),
      Known("printed-architecture/resnet50.macs-parameters", "3.9 M"),
      Known("printed-architecture/densenet.blocks", "1, not 2"),
      Known("duplicate-references/84-89", "address"),
      Known("duplicate-references/6-112", "DOI"),
      Known("duplicate-references/94-101", "title"),
      Known("cross-references/cross-2.2-section-2.1", "Section 2.3"),
      Known("conflicting-definitions/mukhlif-2022.confusion-matrix", "actual", "predicted"),
      Known("family-members/resnet", "ResNet-18"),
      Known("known-fact/breakhis.table-6", "TA and PT are exchanged"),
      Known("known-fact/isic-2016.section-4.2", "0.194"),
      Known("cited-absence/usage-dataset-size-effect", "[46]"),
      Known("dataset-kind/liu-2018", "M-NBI"),
      Known("complete-list/all-datasets-accessible", "DermQuest"),
      Known("comparator-value/le-undated", "84%"),
      Known("neighbouring-result/table-1.rocheteau-2020", "0.931", "Le et al.", "row 15"),
      Known("networks-named/sellabaskaran-2021", "Xception", "96%", "Method"),
      Known("networks-named/kondaveeti-2020", "MobileNet"),
      Known("unassigned-result/sasikala-2020", "90.12%", "AlexNet"),
      Known("class-accuracy/chang-2017", "83%", "89%"),
      Known("most-used/most-used-all-convolutional", "no study"),
      Known("user-without-result/breakhis", "[62]", "[96]", "[97]"),
      Known("shown-operations/lists-augmentation-operations", "noise"),
      Known("undefined-metric/mukhlif-2022", "Kappa", "AUPRC"),
      Known("modalities-named/lists-modalities-breast-cancer", "mammography"),
      Known("conflicting-facts/bach-2018.annotation", "unannotated"),
      Known("mixed-samples/mukhlif-2022.table-7", "277,524", "patches"),
      Known("collection-as-part/hosny-2020", "2,000", "ISIC2017"),
      Known("foreign-field/mukhlif-2022", "[106]", "[50]"),
      Known("repeated-member/bach-2018.location", "IPATTIMUP"),
      Known("class-order/lists-figure-10-classes", "Severe", "Proliferative"),
      Known("mixed-tasks/isic-2018", "12,594", "segmentation"),
      Known("mixed-splits/mukhlif-2022.table-8", "88,702", "3,662"),
      Known("reference-identifiers/22.volume-placeholder", "0123456789"),
      Known("reference-identifiers/94.doi-part", "TABLES"),
      Known("reference-identifiers/33.doi-book", "whole volume"),
      Known("reference-identifiers/7.doi-letters", "SHTI"),
      Known("reference-identifiers/11.doi-code", "compbiomed"),
      Known("reference-identifiers/45.doi-code", "fpsyt"),
      Known("author-spelling/fo", "[83]"),
      Known("known-reference/mukhlif-2022.21.references", "Zhang X", "Ren S"),
      Known("known-reference/mukhlif-2022.33.references", "transfer learning"),
      Known("known-fact/vgg.section-2.2", "vgg13"),
      Known("known-fact/mri", "contrast"),
      Known("own-abstract/vesal-2018", "97.08%", "91.25%", "97.50%", "ResNet-50"),
      Known("union-as-part/derm-is-quest", "69", "Glaister"),
      Known("repeated-value/saber-2021.vgg16.accuracy", "10.21608/kjis.2021.192207"),
      Known("tied-ranking/most-used-datasets-skin-cancer", "HAM10000 and ISIC", "5 studies"),
      Known("augmented-whole/mukhlif-2022", "170", "3,662", "322"),
      Known("recommended-practice/retrain-last-layers", "Section 2"),
      Known("recommended-practice/ahmad-2019", "data augmentation"),
      Known("predecessors/googlenet", "VGGNet", "2014"),
      Known("uncited-dataset/mukhlif-2022", "IDC", "Section 4.9"),
      Known("dataset-publication/mukhlif-2022", "BreakHis", "MIAS"),
      Known("coefficient-in-percent/krishnan-2018", "76%", "0.76"),
      Known("binary-metric", "0.99", "3 classes"),
      Known("formulas/mukhlif-2022.wording", "TP / (TP + FN)"),
      Known("formulas/mukhlif-2022.f1-mean", "harmonic"),
      Known("unassigned-result/sellabaskaran-2021", "98%", "ResNet-50"),
      Known("conflicting-definitions/mukhlif-2022.labelled-medical-images", "many"),
      Known("title-class-count/hosny-2020", "[83]", "97.70%"),
      Known("parts-and-totals/vesselmnist3d", "1,909", "1,908"),
    ]
  }

  @Test("known by eye", arguments: Known.all)
  func knownByEye(_ known: Known) throws {
    let found = try Self.findings.get().filter { $0.id.hasPrefix(known.id) }
    let finding = try #require(found.first, "nothing begins with \(known.id)")
    let text = finding.summary + " " + finding.computation + " " + finding.resolution
    for word in known.words { #expect(text.contains(word), "\(text) lacks \(word)") }
  }

  @Test("a finding of each score check is of the right strength")
  func strengths() throws {
    let findings = try Self.findings.get()
    let finding = { (prefix: String) in findings.first { $0.id.hasPrefix(prefix) } }
    // Above the mean of precision and recall nothing explains an F1; below it a macro mean may.
    #expect(finding("harmonic-mean/saber-2021")?.confidence == .high)
    // Of four classes a macro mean explains a few hundredths.
    #expect(finding("harmonic-mean/munien-2021") == nil)
    #expect(finding("title-class-count/hosny-2020")?.confidence == .high)
    #expect(finding("harmonic-mean/hassan-2020")?.confidence == .low)
  }

  @Test("ids are unique and every place exists in its source")
  func idsAndPlaces() throws {
    let findings = try Self.findings.get()
    #expect(Set(findings.map(\.id)).count == findings.count)
    let knowledge = try Checkout.loaded.get().knowledge
    for finding in findings {
      for evidence in finding.evidence {
        #expect(knowledge.source(evidence.at.source)?.part(evidence.at.place) != nil)
      }
    }
  }

  @Test(
    "consistent data stays unaccused: MedMNIST's parts sum alike, but for one volume of one set")
  func medMNISTIsSilent() throws {
    let knowledge = try Checkout.loaded.get().knowledge
    let own = Set(knowledge.datasets.filter { $0.partOf == "medmnist" }.map(\.id))
    let accused = try Self.findings.get().filter { finding in
      finding.kind == .totals
        && finding.subjects.contains { $0.kind == .dataset && own.contains($0.id) }
    }
    #expect(accused.map(\.id) == ["parts-and-totals/vesselmnist3d.images.classes-splits"])
  }

  @Test("the order is that of severity, then confidence, then id")
  func order() throws {
    let findings = try Self.findings.get()
    for (one, other) in zip(findings, findings.dropFirst()) {
      let inOrder =
        one.severity != other.severity
        ? one.severity > other.severity
        : one.confidence != other.confidence
          ? one.confidence > other.confidence : one.id < other.id
      #expect(inOrder)
    }
  }
}
