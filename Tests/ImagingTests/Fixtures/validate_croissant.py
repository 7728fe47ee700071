# Validates what `tlkb dataset export --output FOLDER` wrote, by MLCommons' own library, and reads the records
# back: pip install mlcroissant==1.1.1
# Usage: python3 validate_croissant.py FOLDER
import glob
import importlib.metadata
import logging
import sys

import mlcroissant

logging.disable(logging.WARNING)
bad = warned = records = 0
files = sorted(glob.glob(sys.argv[1] + "/*.json"))
for path in files:
    try:
        dataset = mlcroissant.Dataset(jsonld=path)
        issues = dataset.metadata.ctx.issues
        warned += bool(issues.warnings)
        for name in [r.id for r in dataset.metadata.record_sets]:
            records += sum(1 for _ in dataset.records(record_set=name))
    except mlcroissant.ValidationError as error:
        bad += 1
        print(path, error)
print(f"mlcroissant {importlib.metadata.version('mlcroissant')}: {len(files)} descriptions, {bad} invalid, "
      f"{warned} with warnings, {records} records read")
sys.exit(bad > 0)
