// The store's tables, by versioned migrations. Made for reading with any SQLite tool.

import GRDB

/// The migrations of the store, oldest first. A released migration never changes.
enum Schema {
  /// The migrator; the store's version is the last identifier applied.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 evidence") { try $0.execute(sql: evidence) }
    return migrator
  }

  /// The tables that are filled from the data, children before parents.
  static let tables = [
    "claim", "experiment_dataset", "experiment_backbone", "experiment_technique", "experiment",
    "augmentation", "naming", "appearance", "study_task", "study_modality", "study",
    "dataset_label", "dataset_count", "dataset_fact", "dataset_limitation", "dataset_task",
    "dataset", "backbone_fact", "backbone", "technique", "task", "modality", "topic", "statement",
    "reference", "source_part", "source", "alias", "document", "entity", "meta",
  ]

  private static let evidence = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

    -- Each entity whole, as JSON: what the tables below spread out.
    CREATE TABLE entity (
      kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id)
    ) STRICT;
    CREATE TABLE document (path TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
    -- Every name an entity is known by; `folded` is what typed names are matched against.
    CREATE TABLE alias (
      kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL
    ) STRICT;
    CREATE INDEX alias_folded ON alias (kind, folded);

    CREATE TABLE source (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, authors TEXT NOT NULL,
      year INTEGER NOT NULL, venue TEXT, doi TEXT
    ) STRICT;
    CREATE TABLE source_part (
      source TEXT NOT NULL REFERENCES source, id TEXT NOT NULL, kind TEXT NOT NULL,
      title TEXT NOT NULL, "rows" INTEGER, position INTEGER NOT NULL, PRIMARY KEY (source, id)
    ) STRICT;
    CREATE TABLE reference (
      id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES source, number INTEGER NOT NULL,
      authors TEXT NOT NULL, title TEXT NOT NULL, venue TEXT, year INTEGER, volume TEXT,
      pages TEXT, doi TEXT, url TEXT, kind TEXT NOT NULL
    ) STRICT;
    CREATE TABLE task (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
    CREATE TABLE modality (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
    CREATE TABLE technique (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL
    ) STRICT;

    CREATE TABLE backbone (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, family TEXT NOT NULL, year INTEGER,
      reference TEXT REFERENCES reference
    ) STRICT;
    CREATE TABLE backbone_fact (
      backbone TEXT NOT NULL REFERENCES backbone, about TEXT NOT NULL, printed TEXT NOT NULL,
      value TEXT NOT NULL, source TEXT NOT NULL, place TEXT NOT NULL, "row" INTEGER, "column" TEXT,
      FOREIGN KEY (source, place) REFERENCES source_part
    ) STRICT;

    CREATE TABLE dataset (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, part_of TEXT REFERENCES dataset
        DEFERRABLE INITIALLY DEFERRED,
      modality TEXT REFERENCES modality, reference TEXT REFERENCES reference
    ) STRICT;
    CREATE TABLE dataset_task (
      dataset TEXT NOT NULL REFERENCES dataset, task TEXT NOT NULL REFERENCES task
    ) STRICT;
    CREATE TABLE dataset_label (
      dataset TEXT NOT NULL REFERENCES dataset, id TEXT NOT NULL, name TEXT NOT NULL, parent TEXT,
      PRIMARY KEY (dataset, id)
    ) STRICT;
    CREATE TABLE dataset_count (
      dataset TEXT NOT NULL REFERENCES dataset, "of" TEXT NOT NULL, n INTEGER NOT NULL,
      printed TEXT NOT NULL, label TEXT, magnification TEXT, split TEXT, subset TEXT,
      source TEXT NOT NULL, place TEXT NOT NULL, "row" INTEGER, "column" TEXT,
      FOREIGN KEY (source, place) REFERENCES source_part
    ) STRICT;
    CREATE TABLE dataset_fact (
      dataset TEXT NOT NULL REFERENCES dataset, about TEXT NOT NULL, printed TEXT NOT NULL,
      value TEXT NOT NULL, source TEXT NOT NULL, place TEXT NOT NULL, "row" INTEGER, "column" TEXT,
      FOREIGN KEY (source, place) REFERENCES source_part
    ) STRICT;
    CREATE TABLE dataset_limitation (
      dataset TEXT NOT NULL REFERENCES dataset, code TEXT NOT NULL, source TEXT NOT NULL,
      place TEXT NOT NULL, "row" INTEGER,
      FOREIGN KEY (source, place) REFERENCES source_part
    ) STRICT;

    CREATE TABLE study (
      id TEXT PRIMARY KEY, authors TEXT NOT NULL, title TEXT NOT NULL, year INTEGER,
      reference TEXT REFERENCES reference
    ) STRICT;
    CREATE TABLE study_task (
      study TEXT NOT NULL REFERENCES study, task TEXT NOT NULL REFERENCES task
    ) STRICT;
    CREATE TABLE study_modality (
      study TEXT NOT NULL REFERENCES study, modality TEXT NOT NULL REFERENCES modality
    ) STRICT;
    CREATE TABLE appearance (
      study TEXT NOT NULL REFERENCES study, key TEXT NOT NULL, source TEXT NOT NULL,
      place TEXT NOT NULL, "row" INTEGER, authors TEXT, citation INTEGER, doubt TEXT,
      PRIMARY KEY (study, key), FOREIGN KEY (source, place) REFERENCES source_part
    ) STRICT;
    CREATE TABLE naming (
      study TEXT NOT NULL, appearance TEXT NOT NULL, printed TEXT NOT NULL, kind TEXT NOT NULL,
      id TEXT NOT NULL, why TEXT, doubt TEXT,
      FOREIGN KEY (study, appearance) REFERENCES appearance
    ) STRICT;
    CREATE TABLE augmentation (
      study TEXT NOT NULL, id TEXT NOT NULL, appearance TEXT NOT NULL,
      dataset TEXT NOT NULL REFERENCES dataset, before INTEGER, after INTEGER, unit TEXT,
      stage TEXT NOT NULL, operations TEXT NOT NULL, doubt TEXT,
      PRIMARY KEY (study, id), FOREIGN KEY (study, appearance) REFERENCES appearance
    ) STRICT;

    -- An absent answer is written out: 'not reported' or 'not applicable'.
    CREATE TABLE experiment (
      study TEXT NOT NULL REFERENCES study, id TEXT NOT NULL, task TEXT NOT NULL,
      dataset_version TEXT NOT NULL, classes TEXT NOT NULL, combination TEXT NOT NULL,
      pretraining TEXT NOT NULL, strategy TEXT NOT NULL, frozen TEXT NOT NULL,
      head TEXT NOT NULL, augmentation TEXT NOT NULL, split TEXT NOT NULL,
      split_unit TEXT NOT NULL, evaluation_unit TEXT NOT NULL, hyperparameters TEXT NOT NULL,
      doubt TEXT, PRIMARY KEY (study, id)
    ) STRICT;
    CREATE TABLE experiment_dataset (
      study TEXT NOT NULL, experiment TEXT NOT NULL, dataset TEXT NOT NULL REFERENCES dataset,
      FOREIGN KEY (study, experiment) REFERENCES experiment
    ) STRICT;
    CREATE TABLE experiment_backbone (
      study TEXT NOT NULL, experiment TEXT NOT NULL, backbone TEXT NOT NULL REFERENCES backbone,
      FOREIGN KEY (study, experiment) REFERENCES experiment
    ) STRICT;
    CREATE TABLE experiment_technique (
      study TEXT NOT NULL, experiment TEXT NOT NULL, technique TEXT NOT NULL REFERENCES technique,
      FOREIGN KEY (study, experiment) REFERENCES experiment
    ) STRICT;
    CREATE TABLE claim (
      study TEXT NOT NULL, experiment TEXT NOT NULL, position INTEGER NOT NULL,
      metric TEXT NOT NULL, label TEXT, printed TEXT NOT NULL, unit TEXT NOT NULL,
      decimals INTEGER NOT NULL, value REAL NOT NULL, high REAL NOT NULL,
      averaging TEXT NOT NULL, positive TEXT NOT NULL, accuracy_kind TEXT NOT NULL,
      aggregation TEXT NOT NULL, n TEXT NOT NULL, of_class TEXT, subset TEXT,
      subject TEXT NOT NULL, appearance TEXT NOT NULL, source TEXT NOT NULL, place TEXT NOT NULL,
      "row" INTEGER, "column" TEXT, doubt TEXT,
      PRIMARY KEY (study, experiment, position),
      FOREIGN KEY (study, experiment) REFERENCES experiment,
      FOREIGN KEY (study, appearance) REFERENCES appearance,
      FOREIGN KEY (source, place) REFERENCES source_part
    ) STRICT;
    CREATE INDEX claim_metric ON claim (metric);

    CREATE TABLE topic (
      kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, id)
    ) STRICT;
    CREATE TABLE statement (
      source TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, keys TEXT NOT NULL,
      place TEXT NOT NULL, "row" INTEGER, "column" TEXT, doubt TEXT, PRIMARY KEY (source, id),
      FOREIGN KEY (source, place) REFERENCES source_part
    ) STRICT;
    """
}
