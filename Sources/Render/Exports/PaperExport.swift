// Listings as whole documents: LaTeX that compiles on its own, and several tables in one file.

/// Tables with the works they cite, to be written for a paper.
public struct PaperExport {
  private let tables: [Table]
  private let bibliography: Bibliography

  public init(_ tables: [Table], citing bibliography: Bibliography) {
    self.tables = tables
    self.bibliography = bibliography
  }

  /// The tables to be read into a paper, which needs the BibTeX export for the keys they cite.
  public func latex() -> String {
    tables.map { $0.withoutBlankColumns.latex() }.joined(separator: "\n")
  }

  /// A document of the tables with its list of references, for `pdflatex` run twice.
  public func standaloneLatex(title: String) -> String {
    """
    \\documentclass[a4paper,landscape,10pt]{article}
    \\usepackage[T1]{fontenc}
    \\usepackage[utf8]{inputenc}
    \\usepackage{lmodern}
    \\usepackage{textcomp}
    \\usepackage[margin=18mm]{geometry}
    \\usepackage{booktabs}
    \\usepackage{array}
    \\usepackage{longtable}
    \\begin{document}
    \\section*{\(latexEscaped(title))}
    A dash is a value that the source does not report. A question mark follows a value whose
    reading is uncertain.

    \(tables.map { $0.withoutBlankColumns.latex(onLandscapePage: true) }.joined(separator: "\n"))
    \\clearpage
    \(bibliography.thebibliography())\\end{document}

    """
  }

  /// The tables under their titles.
  public func markdown() -> String {
    tables.map { "## \(markdownEscaped($0.title))\n\n" + $0.written(as: .markdown) }
      .joined(separator: "\n")
  }
}
