//! Everything that a database has stored.

use std::process::Command;

use diesel::prelude::*;
use diesel::sql_types::Text;
use entente::kernel::config::DatabaseUrl;
use entente::kernel::db::DbConn;

use super::{Engine, TestApp};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(conn: &mut DbConn, sql: &str) -> Vec<String> {
    let found: Vec<Line> = diesel::sql_query(sql).load(conn).unwrap();
    found.into_iter().map(|line| line.line).collect()
}

fn tables(conn: &mut DbConn, engine: Engine) -> Vec<String> {
    lines(
        conn,
        match engine {
            // Includes the tables with the statistics of the query planner.
            Engine::Sqlite => "SELECT name AS line FROM sqlite_master WHERE type = 'table'",
            Engine::Postgres => {
                "SELECT table_name::text AS line FROM information_schema.tables \
                 WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            }
        },
    )
}

/// Returns every row of a table as text.
fn rows(conn: &mut DbConn, engine: Engine, table: &str) -> Vec<String> {
    if engine == Engine::Postgres {
        return lines(conn, &format!("SELECT stored::text AS line FROM \"{table}\" AS stored"));
    }
    let columns = lines(conn, &format!("SELECT name AS line FROM pragma_table_info('{table}')"));
    let columns: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
    lines(conn, &format!("SELECT {} AS line FROM \"{table}\"", columns.join(" || ' ' || ")))
}

/// Returns which tables contain one of the texts in any column, in upper or lower case, as `table: row`.
pub async fn stored_rows(app: &TestApp, texts: &[&str]) -> Vec<String> {
    let engine = app.engine;
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    let read = app.state.db.read(move |conn| {
        let tables = tables(conn, engine);
        assert!(tables.len() > 30 && tables.iter().any(|table| table == "actors"), "{tables:?}");
        let mut found = Vec::new();
        for table in tables {
            let with_text = |row: &String| texts.iter().any(|text| row.to_lowercase().contains(text));
            let rows = rows(conn, engine, &table).into_iter().filter(with_text);
            found.extend(rows.map(|row| format!("{table}: {row}")));
        }
        Ok(found)
    });
    read.await.unwrap()
}

/// Returns all bytes of the database: the files of SQLite, or a dump of PostgreSQL.
fn stored_bytes(app: &TestApp) -> Vec<u8> {
    match &app.database.url {
        DatabaseUrl::Sqlite(path) => {
            let mut bytes = std::fs::read(path).unwrap();
            for suffix in ["-wal", "-shm"] {
                let mut file = path.as_os_str().to_owned();
                file.push(suffix);
                bytes.extend(std::fs::read(file).unwrap_or_default());
            }
            bytes
        }
        DatabaseUrl::Postgres(url) => {
            let dump = Command::new("pg_dump").args(["--no-password", "--dbname", url]).output().unwrap();
            assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
            dump.stdout
        }
    }
}

/// Returns those of the texts that are stored anywhere, deleted content of the files of SQLite included.
pub fn traces(app: &TestApp, texts: &[&str]) -> Vec<String> {
    let bytes = stored_bytes(app);
    let contains = |text: &&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    texts.iter().copied().filter(|text| contains(text)).map(str::to_owned).collect()
}
