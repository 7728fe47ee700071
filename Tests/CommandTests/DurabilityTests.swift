// Facts about survival: kill -9, a full disk, bad data, rivals. The old store stays whole.

import Foundation
import Testing

@Suite struct DurabilityTests {
  /// A copy of the project's data that a test may change.
  private static func copyData(to sandbox: Sandbox) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    try FileManager.default.copyItem(atPath: root + "/Data", toPath: sandbox.folder + "/Data")
  }

  @Test("Without a data folder and without a store, the bundled data answers")
  func bundled() throws {
    let outcome = try Sandbox().tlkb("query", "--dataset", "MED-NODE", "--format", "tsv")
    #expect(outcome.status == 0 && outcome.output.contains("hosny-2020"))
  }

  @Test("A build killed at any moment leaves a store that answers as before")
  func killed() throws {
    let sandbox = try Sandbox()
    try Self.copyData(to: sandbox)
    let before = try sandbox.tlkb("query", "--metric", "auc").output
    #expect(!before.isEmpty)
    for delay in ["0.02", "0.06", "0.12", "0.2", "0.3", "0.45"] {
      _ = try sandbox.shell(
        "\"$TLKB\" build --force >/dev/null & pid=$!; sleep \(delay); kill -9 $pid; wait $pid")
      let after = try sandbox.tlkb("query", "--metric", "auc")
      #expect(after.status == 0 && after.output == before, "killed after \(delay) s")
      #expect(after.errors.isEmpty)
    }
  }

  @Test("A disk without room leaves the old store, and the query still answers")
  func fullDisk() throws {
    let sandbox = try Sandbox()
    try Self.copyData(to: sandbox)
    let before = try sandbox.tlkb("query", "--metric", "auc").output
    try sandbox.write("Data/tasks/new-task.yaml", "{id: new-task, name: new}")
    // A limit on file sizes fails writes as a full disk does.
    let limited = try sandbox.shell(
      "trap '' XFSZ; ulimit -f 64; \"$TLKB\" query --metric auc")
    #expect(limited.status == 0 && limited.output == before, "\(limited.errors)")
    #expect(limited.errors.contains("working in memory"))
    let after = try sandbox.tlkb("query", "--metric", "auc")
    #expect(after.status == 0 && after.output == before && after.errors.isEmpty)
  }

  @Test("Bad data is named with file and line, and ends with 65")
  func badData() throws {
    let sandbox = try Sandbox()
    try Self.copyData(to: sandbox)
    try sandbox.write("Data/tasks/wrong.yaml", "id: wrong\nnames: wrong\n")
    for command in ["validate", "build", "query"] {
      let outcome = try sandbox.tlkb(command)
      #expect(outcome.status == 65, "\(command)")
      #expect(
        outcome.errors.contains("Data/tasks/wrong.yaml:2: names: unknown key; did you mean 'name'?")
      )
    }
  }

  @Test("A folder that is no data folder ends with 66")
  func noData() throws {
    let outcome = try Sandbox().tlkb("query", "--data", "nowhere")
    #expect(outcome.status == 66)
    #expect(
      outcome.errors == "tlkb: nowhere is not a data folder: it has no sources/ and studies/\n")
  }

  @Test("Commands started together on a missing store all answer alike")
  func rivals() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.shell(
      """
      for i in 1 2 3 4 5 6; do "$TLKB" query --metric auc > out$i 2> err$i & done; wait
      cat err1 err2 err3 err4 err5 err6 >&2
      for i in 2 3 4 5 6; do cmp out1 out$i || exit 1; done; wc -l < out1
      """)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect((Int(outcome.output.filter(\.isNumber)) ?? 0) > 2)
  }
}
