// The engine's networks and the catalogue's backbones that they are.

import Neural

/// Which of the engine's networks a catalogue's backbone is.
package enum Backbones {
  /// Whether the engine has a network of that name.
  package static func isKnown(_ name: String) -> Bool { Architectures.names.contains(name) }

  private static let engineNames: [String: String] = [
    "inception-v3": "inception_v3", "mobilenet": "mobilenet_v1", "mobilenet-v2": "mobilenet_v2",
    "densenet": "densenet121",
  ]

  /// The engine's name of a catalogue's backbone; nil when the engine does not have it.
  package static func engineName(of backbone: String) -> String? {
    let name = engineNames[backbone] ?? backbone
    let candidates = [name, name.split(separator: "-").joined(separator: "_")]
    return candidates.first { isKnown($0) }
  }
}
