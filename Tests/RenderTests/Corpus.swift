// A small made-up corpus with everything a report must cope with, hostile names included.

import Evidence
import Foundation
import Reproduce

@testable import Render

/// The names try to leave the element, the attribute and the document they stand in.
let hostileName = "<script>alert(1)</script>\"' onload=x \"\u{301}>&amp;"

private let source = "review-2022"

func place(_ row: Int, _ column: String? = nil) -> Place {
  Place(source: source, place: "table-1", row: row, column: column)
}

func claim(_ metric: Metric, _ printed: String, row: Int, averaging: Reported<Averaging>) -> Claim {
  Claim(
    metric: metric, printed: PrintedNumber(printed)!, unit: .percent, appearance: "t1",
    at: place(row, metric.title), averaging: averaging)
}

func experiment(_ id: String, datasets: [String], claims: [Claim]) -> Experiment {
  Experiment(
    id: id, datasets: datasets, datasetVersion: .notReported, task: .value("lesions"),
    classes: .value(2), backbones: ["net"], combination: .notReported,
    pretraining: .value("random"),
    strategy: .value(.init(kind: .fromScratch, frozen: .notApplicable)), head: .notReported,
    techniques: [], augmentation: .notApplicable, split: .notReported,
    evaluationUnit: .notReported, hyperparameters: [:], claims: claims, uncertain: nil)
}

func study(_ id: String, authors: String, number: Int?, experiments: [Experiment]) -> Study {
  Study(
    id: id, authors: authors, year: 2021, reference: number.map { "\(source)/\($0)" },
    tasks: ["lesions"], modalities: [],
    appearances: [
      .init(
        key: "t1", at: place(1), authors: authors, citation: number,
        names: [
          Naming(
            printed: hostileName, entity: .init(.dataset, "skin"), why: nil, uncertain: nil)
        ], uncertain: nil)
    ], experiments: experiments, augmentations: [], problems: [])
}

func reference(
  _ number: Int, authors: [String], title: String, kind: Reference.Kind = .article,
  etAl: Bool = false, year: Int? = 2021
) -> Reference {
  Reference(
    source: source, number: number, authors: authors, etAl: etAl, title: title, venue: "J & K_L",
    year: year, volume: "3", issue: nil, pages: "1–9", doi: "10.1000/a_b%c", url: nil,
    accessed: nil, kind: kind, field: nil, about: [], uncertain: nil)
}

let corpus = KnowledgeBase(
  sources: [
    Source(
      id: source, kind: .review, title: "A review", authors: ["Roe J"], year: 2022, venue: "J",
      doi: nil, received: nil, accepted: nil,
      parts: [
        .init(
          id: "table-1", kind: .table, title: "Results", rows: 3, columns: [], uncertain: nil)
      ])
  ],
  references: [
    reference(1, authors: ["Doe J", "De Matos AB", "Wang J-Y", "Shallu"], title: "50% of {x}_y"),
    reference(2, authors: ["Doe J"], title: "Another", kind: .proceedings, etAl: true),
    reference(3, authors: ["Doe J"], title: "Third", kind: .website),
    reference(4, authors: [], title: "\\input{secret} $x^2$", kind: .dataset, year: nil),
  ],
  tasks: [Term(id: "lesions", name: "lesion classification", aliases: [])], modalities: [],
  techniques: [],
  backbones: [
    Backbone(
      id: "net", name: "Net-1", family: "net", aliases: [], year: 2015, reference: nil, facts: [])
  ],
  datasets: [
    Dataset(
      id: "skin", name: "Skin \"A\" & B", aliases: [], partOf: nil, includes: [],
      modality: .notReported, tasks: [], references: [], labels: [], counts: [], facts: [],
      limitations: [], uncertain: nil)
  ],
  studies: [
    study(
      "doe-2021", authors: "Doe et al.", number: 1,
      experiments: [
        experiment(
          "net-skin", datasets: ["skin"],
          claims: [
            claim(.accuracy, "90.5", row: 1, averaging: .notApplicable),
            claim(.accuracy, "91.5", row: 2, averaging: .notApplicable),
            claim(.f1, "80", row: 1, averaging: .notReported),
          ])
      ]),
    study("script-2021", authors: hostileName, number: nil, experiments: []),
  ],
  challenges: [], recommendations: [], statements: [])

/// A record as a run leaves it, on the study's data or on another.
func record(_ kind: String, banner: String?) throws -> RunRecord {
  let difference = kind == "study-data" ? "-0.0175" : "null"
  let verdict = kind == "study-data" ? "reproduced" : "protocol-only"
  let text = """
    {"schema": 1, "id": "run-\(kind)", "kind": "\(kind)", "status": "complete",
     "banner": \(banner.map(jsonString) ?? "null"), "started": "2026-11-23T10:00:00Z",
     "toolVersion": "0.1.0", "fingerprint": "f",
     "recipe": {"id": "doe-2021-skin", "study": "doe-2021", "experiment": "net-skin",
       "declared": "2026-11-23", "text": "", "sha256": "s", "settings": [], "overrides": []},
     "data": {"dataset": "skin", "name": "the data used", "labels": "any", "isPhantom": false,
       "images": 200, "classes": [{"name": "benign", "images": 120},
       {"name": "malignant", "images": 80}], "manifest": "m", "notes": []},
     "splits": [], "model": {"network": "net", "inputShape": [3, 28, 28], "parameters": 10,
       "trainable": 10, "multiplyAdds": 5000000, "weights": {"name": "random"}},
     "machine": {"processor": "p", "cores": 2, "threads": 2, "memoryBytes": 1, "system": "s"},
     "cost": {"wallSeconds": 5, "cpuSeconds": 9, "peakMemoryBytes": 1000000}, "seeds": [1],
     "ledger": [
       {"axis": "dataset", "study": "Skin", "run": "the data used", "status": "matches",
        "changesQuestion": false},
       {"axis": "epochs", "run": "30", "status": "unknown", "changesQuestion": false},
       {"axis": "resolution", "study": "224", "run": "28", "status": "deviates",
        "changesQuestion": false}],
     "results": [{"seed": 1, "testImages": 40, "selectedEpochs": [3], "metrics": [
       {"name": {"metric": "accuracy"}, "value": 0.8875, "intervals": []}],
       "confusion": [[20, 4], [1, 15]], "curve": [
       {"epoch": 1, "fold": 0, "learningRate": 0.1, "trainingLoss": 0.7, "validationLoss": 0.8},
       {"epoch": 2, "fold": 0, "learningRate": 0.1, "trainingLoss": 0.5, "validationLoss": 0.6}],
       "predictionsFile": "predictions-1.csv", "predictionsSHA256": "p"}],
     "summary": [{"name": {"metric": "accuracy"}, "values": [0.8875], "mean": 0.8875}],
     "comparisons": [{"reported": {"metric": "accuracy", "text": "90.5%", "value": 0.905,
       "halfWidth": 0.0005, "at": {"source": "review-2022", "place": "table-1", "row": 1},
       "averaging": "not reported", "isUncertain": false},
       "run": {"name": {"metric": "accuracy"}, "values": [0.8875], "mean": 0.8875},
       "difference": \(difference), "margin": 0.02, "verdict": "\(verdict)",
       "because": "for this reason"}]}
    """
  return try JSONDecoder().decode(RunRecord.self, from: Data(text.utf8))
}
