// A linear program in GLPK whose rows may be violated at a price: the prices are what proofs need.
import CGLPK
import Synchronization

/// Minimises the sum of row violations; zero means that all rows can be met.
///
/// It always has a solution, and the dual prices of its rows are the weights of a proof when the
/// least violation is not zero. Rows are scaled so that their largest coefficient is 1.
final class ElasticProgram {
  struct Solution {
    let violation: Double
    /// Per row, in the row's own unit.
    let prices: [Double]
    /// Per column.
    let values: [Double]
  }

  private let problem: OpaquePointer
  private var scales: [Double]
  private var columns: [Int32] = []

  /// GLPK keeps one environment for the whole process, so only one problem is solved at a time.
  private static let gate = Mutex(())

  /// Runs what uses programs, alone.
  static func alone<Result: Sendable>(_ work: () -> Result) -> Result {
    gate.withLock { _ in work() }
  }

  /// Rows low ≤ … ≤ high, in units of their scale, still without columns.
  init?(rows: [(low: Double, high: Double, scale: Double)]) {
    glp_term_out(GLP_OFF)
    guard let problem = glp_create_prob() else { return nil }
    self.problem = problem
    scales = rows.map(\.scale)
    guard !rows.isEmpty else { return }
    glp_add_rows(problem, Int32(rows.count))
    for (index, row) in rows.enumerated() {
      let kind =
        row.low == row.high
        ? GLP_FX : row.low == -.infinity ? GLP_UP : row.high == .infinity ? GLP_LO : GLP_DB
      glp_set_row_bnds(
        problem, Int32(index + 1), kind, row.low / row.scale, row.high / row.scale)
      // One column adds to the row at a price, another takes away.
      for sign in [1.0, -1.0] {
        let column = glp_add_cols(problem, 1)
        glp_set_col_bnds(problem, column, GLP_LO, 0, 0)
        glp_set_obj_coef(problem, column, 1)
        glp_set_mat_col(problem, column, 1, [0, Int32(index + 1)], [0, sign])
      }
    }
  }

  deinit { glp_delete_prob(problem) }

  /// Adds a column with its coefficients per row.
  func addColumn(_ range: ClosedRange<Double>, _ entries: [(row: Int, coefficient: Double)]) {
    let column = glp_add_cols(problem, 1)
    columns.append(column)
    setRange(columns.count - 1, range)
    let rows = [0] + entries.map { Int32($0.row + 1) }
    let values = [0] + entries.map { $0.coefficient / scales[$0.row] }
    glp_set_mat_col(problem, column, Int32(entries.count), rows, values)
  }

  func setRange(_ column: Int, _ range: ClosedRange<Double>) {
    glp_set_col_bnds(
      problem, columns[column],
      range.upperBound == .infinity
        ? GLP_LO : range.lowerBound == range.upperBound ? GLP_FX : GLP_DB,
      range.lowerBound, range.upperBound)
  }

  /// Solves from the basis of the last time; nil when GLPK gives up.
  func solve() -> Solution? {
    var parameters = glp_smcp()
    glp_init_smcp(&parameters)
    parameters.msg_lev = GLP_MSG_OFF
    parameters.meth = GLP_DUALP
    parameters.tol_bnd = 1e-9
    parameters.it_lim = 20_000
    guard glp_simplex(problem, &parameters) == 0, glp_get_status(problem) == GLP_OPT else {
      return nil
    }
    return Solution(
      violation: glp_get_obj_val(problem),
      prices: scales.indices.map { glp_get_row_dual(problem, Int32($0 + 1)) / scales[$0] },
      values: columns.map { glp_get_col_prim(problem, $0) })
  }
}
