// Where tlkb keeps what it makes for a user: the store, runs, weights, features.

import Foundation

/// The folder of a user's stores, runs, weights and cached features.
public struct Home: Sendable {
  public let path: String

  /// `TLKB_HOME`, or `tlkb` in the XDG data folder (`~/.local/share`).
  public init(environment: [String: String]) {
    if let home = environment["TLKB_HOME"], !home.isEmpty {
      path = home
    } else if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
      path = data + "/tlkb"
    } else {
      path = (environment["HOME"] ?? "/tmp") + "/.local/share/tlkb"
    }
  }

  public var runs: String { path + "/runs" }
  public var weights: String { path + "/weights" }
  public var features: String { path + "/features" }

  /// The store built from one origin of data.
  public func store(for origin: String) -> String {
    "\(path)/store-\(SHA256.hex(origin).prefix(8)).sqlite"
  }
}
