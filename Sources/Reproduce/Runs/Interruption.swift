// Ctrl-C: a request to stop at the next safe moment.

import Foundation
import Synchronization

/// Whether the user asked to stop (SIGINT or SIGTERM).
package enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// From now on the signals set the flag; a second one ends the process at once.
  package static func listen() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&signals, number)
      signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
    // A parent may have started this process with signals blocked.
    sigprocmask(SIG_UNBLOCK, &signals, nil)
  }

  package static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
