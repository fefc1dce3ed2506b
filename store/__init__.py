"""Where things are kept: tables, repositories, unit of work, migrations. The only place that knows SQLAlchemy."""
