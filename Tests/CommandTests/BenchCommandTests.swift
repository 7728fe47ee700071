// Measurements that the computer has not the memory for end with a sentence, not a crash.

import Testing

@Suite struct BenchCommandTests {
  @Test(
    "A batch beyond the computer's memory is refused before anything is computed",
    arguments: [
      ["bench", "--network", "vgg16", "--batch", "1000000"],
      ["model", "profile", "vgg16", "--batch", "1000000"],
      ["model", "profile", "vgg16", "--batch", "1000000", "--train"],
    ])
  func memory(_ words: [String]) throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.shell("$TLKB " + words.joined(separator: " "))
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("1000000 images of 224 × 224 need"))
    #expect(outcome.errors.contains("lower --batch or --size"))
    #expect(outcome.output.isEmpty)
  }
}
