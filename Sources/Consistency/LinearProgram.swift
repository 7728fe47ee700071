// Integer feasibility problems solved by GLPK.
import CGLPK
import Synchronization

/// A system of linear inequalities over bounded integers.
struct LinearProgram {
  /// One row: low ≤ Σ coefficient·variable ≤ high; infinite ends are open.
  struct Row {
    var terms: [(variable: Int, coefficient: Double)]
    var low: Double
    var high: Double
  }

  enum Answer {
    case feasible([Int])
    case infeasible
    case unknown
  }

  /// The allowed values of each variable.
  var ranges: [ClosedRange<Int>] = []
  var rows: [Row] = []
  /// The stage in which the guided search settles each variable.
  private(set) var stages: [Int] = []

  /// Adds a variable and returns its index.
  mutating func variable(_ range: ClosedRange<Int>, stage: Int = 0) -> Int {
    ranges.append(range)
    stages.append(stage)
    return ranges.count - 1
  }

  /// GLPK keeps one environment for the whole process, so only one problem is solved at a time.
  private static let gate = Mutex(())

  /// Solves within so many nodes of GLPK's search tree: a number, not a time, so that the answer is
  /// the same on every machine.
  ///
  /// Rows must have been widened by the caller by more than GLPK's tolerance (1e-9 of their size), so
  /// that 'infeasible' holds for the exact rows; a feasible answer is to be checked by the caller.
  ///
  /// A guided search comes first, as it finds most answers in microseconds.
  func solve(nodes: Int, dives: Int = 40, budget: Int = 20_000) -> Answer {
    var search = IntegerSearch(self)
    let quick = search.run(dives: 2, budget: min(budget, 500))
    if case .unknown = quick {} else { return quick }
    let relaxed = Self.gate.withLock { _ in solveAlone(nodes: nodes, relaxed: true) }
    if case .infeasible = relaxed { return relaxed }
    let thorough = search.run(dives: dives, budget: budget)
    if case .unknown = thorough {} else { return thorough }
    return Self.gate.withLock { _ in solveAlone(nodes: nodes, relaxed: false) }
  }

  /// Solves with GLPK; `relaxed` forgets that variables are integers and can only prove infeasibility.
  private func solveAlone(nodes: Int, relaxed isRelaxed: Bool) -> Answer {
    glp_term_out(GLP_OFF)
    guard let problem = glp_create_prob() else { return .unknown }
    defer { glp_delete_prob(problem) }
    glp_add_cols(problem, Int32(ranges.count))
    for (index, range) in ranges.enumerated() {
      let column = Int32(index + 1)
      glp_set_col_bnds(
        problem, column, range.count == 1 ? GLP_FX : GLP_DB, Double(range.lowerBound),
        Double(range.upperBound))
      glp_set_col_kind(problem, column, GLP_IV)
    }
    if !rows.isEmpty { glp_add_rows(problem, Int32(rows.count)) }
    for (index, row) in rows.enumerated() {
      let number = Int32(index + 1)
      // Rows are scaled so that their largest coefficient is 1.
      let scale = row.terms.map { abs($0.coefficient) }.max() ?? 1
      let kind =
        row.low == row.high
        ? GLP_FX : row.low == -.infinity ? GLP_UP : row.high == .infinity ? GLP_LO : GLP_DB
      glp_set_row_bnds(problem, number, kind, row.low / scale, row.high / scale)
      let columns = [0] + row.terms.map { Int32($0.variable + 1) }
      let values = [0] + row.terms.map { $0.coefficient / scale }
      glp_set_mat_row(problem, number, Int32(row.terms.count), columns, values)
    }
    var relaxed = glp_smcp()
    glp_init_smcp(&relaxed)
    relaxed.msg_lev = GLP_MSG_OFF
    relaxed.presolve = GLP_ON
    relaxed.tol_bnd = 1e-9
    relaxed.it_lim = 50_000
    switch glp_simplex(problem, &relaxed) {
    case 0: break
    case GLP_ENOPFS: return .infeasible
    default: return .unknown
    }
    switch glp_get_status(problem) {
    case GLP_NOFEAS: return .infeasible
    case GLP_OPT, GLP_FEAS: break
    default: return .unknown
    }
    if isRelaxed { return .unknown }
    var parameters = glp_iocp()
    glp_init_iocp(&parameters)
    parameters.msg_lev = GLP_MSG_OFF
    parameters.presolve = GLP_ON
    parameters.tol_int = 1e-9
    var limit = Int32(clamping: nodes)
    let status = withUnsafeMutablePointer(to: &limit) { pointer in
      parameters.cb_info = UnsafeMutableRawPointer(pointer)
      parameters.cb_func = { tree, info in
        var total: Int32 = 0
        glp_ios_tree_size(tree, nil, nil, &total)
        if let info, total > info.load(as: Int32.self) { glp_ios_terminate(tree) }
      }
      return glp_intopt(problem, &parameters)
    }
    if status == GLP_ENOPFS || status == GLP_ENODFS { return .infeasible }
    switch glp_mip_status(problem) {
    case GLP_OPT, GLP_FEAS:
      return .feasible(
        ranges.indices.map { Int(glp_mip_col_val(problem, Int32($0 + 1)).rounded()) })
    case GLP_NOFEAS: return status == 0 ? .infeasible : .unknown
    default: return .unknown
    }
  }
}
