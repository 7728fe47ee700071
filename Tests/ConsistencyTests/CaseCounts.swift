// How many seeded cases a property is tried on.
import Foundation

/// `usual` cases, or at least 100,000 when `TLKB_SLOW_TESTS=all` asks for the long run.
func cases(_ usual: Int) -> Int { runsAll ? max(usual, 100_000) : usual }

/// Whether the long run was asked for.
let runsAll = ProcessInfo.processInfo.environment["TLKB_SLOW_TESTS"] == "all"
