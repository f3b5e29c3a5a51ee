"""SQLAlchemy lives here and nowhere else: tables, repositories, read models, migrations."""
