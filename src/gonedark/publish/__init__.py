"""One frozen report in many forms: text, JSON, CSV, Parquet, charts, HTML."""
