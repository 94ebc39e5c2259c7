"""Sizes beyond which a statement is refused before memory is taken."""

MAX_STATEMENT_BYTES = 1 << 24
MAX_CONTEXT_BYTES = 1 << 20
MAX_ROW_VARS = 20
MAX_ROWS = 1 << 20
MAX_COLUMNS = 1 << 16
MAX_CELLS = 1 << 32
MAX_AXES = 8
MAX_EXTENT = 1 << 32
MAX_FACTORS = 32
MAX_TABLE_ROWS = 1 << 22
MAX_GRID_CELLS = 1 << 24
MAX_OUTPUT_ENTRIES = 1 << 22
