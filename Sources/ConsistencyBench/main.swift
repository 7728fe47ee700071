// Times consistency checks on cases read from a JSON file: `ConsistencyBench cases.json`.
//
// Cases are rows as `CheckTable` reads them; `id` names the set-up. Prints, as JSON, the median and
// 95th percentile of milliseconds per check and the verdicts, per set-up in order of appearance.
import Consistency
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct SetupTimes: Encodable {
  let setup: String
  let cases: Int
  let medianMilliseconds: Double
  let p95Milliseconds: Double
  let verdicts: [String]
}

func fail(_ message: String, _ code: Int32) -> Never {
  try? FileHandleWriter.standardError(message + "\n")
  exit(code)
}

/// Writes to standard error without C's global stream, which Swift 6 does not allow.
enum FileHandleWriter {
  static func standardError(_ text: String) throws {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }
}

guard CommandLine.arguments.count == 2 else {
  fail("usage: ConsistencyBench cases.json", 64)
}
let path = CommandLine.arguments[1]
guard let data = try? Data(contentsOf: URL(filePath: path)) else {
  fail("\(path) cannot be read", 66)
}

var order: [String] = []
var times: [String: [Double]] = [:]
var verdicts: [String: [String]] = [:]
do {
  let table = try CheckTable(json: String(decoding: data, as: UTF8.self))
  for row in table.rows {
    let request = try row.request.get()
    let setup = request.id ?? "unnamed"
    guard let design = request.designs.first?.design else { continue }
    let check = ConsistencyCheck(design: design, scores: request.scores)
    let hypothesis = request.hypotheses?.first
    // The first run warms caches; the best of three others is what a check costs.
    var best = Double.infinity
    var verdict = try check.verdict(hypothesis)
    for _ in 0..<3 {
      let start = ContinuousClock.now
      verdict = try check.verdict(hypothesis)
      let spent = ContinuousClock.now - start
      best = min(
        best,
        Double(spent.components.attoseconds) / 1e15
          + Double(spent.components.seconds) * 1e3)
    }
    if times[setup] == nil { order.append(setup) }
    times[setup, default: []].append(best)
    verdicts[setup, default: []].append(verdict.rawValue)
  }
} catch {
  fail("\(path): \(error)", 65)
}

let report = order.map { setup -> SetupTimes in
  let sorted = (times[setup] ?? []).sorted()
  func quantile(_ share: Double) -> Double {
    sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }
  return SetupTimes(
    setup: setup, cases: sorted.count, medianMilliseconds: quantile(0.5),
    p95Milliseconds: quantile(0.95), verdicts: verdicts[setup] ?? [])
}
let encoder = JSONEncoder()
encoder.outputFormatting = [.sortedKeys]
if let output = try? encoder.encode(report) { print(String(decoding: output, as: UTF8.self)) }
