//! Start-up: migrations with few rights, databases of other versions, and `entente check`.

use std::path::Path;
use std::process::{Command, Output};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use entente::kernel::db::{Db, DbOptions, migrate};
use entente::kernel::error::Error;
use entente::kernel::readiness::Check;

use super::support::database::TestDatabase;
use super::support::*;

async fn execute(app: &TestApp, sql: &'static str) {
    app.state.db.write(move |conn| Ok(conn.batch_execute(sql)?)).await.unwrap();
}

/// Makes the last migration pending.
const REVERT: &str = "DELETE FROM __diesel_schema_migrations WHERE version = \
    (SELECT max(version) FROM __diesel_schema_migrations)";

#[apply(both)]
async fn a_database_of_a_newer_version_is_refused(app: TestApp) {
    let options = DbOptions::new(app.database.url.clone());
    execute(&app, "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')").await;
    for refused in [migrate::run(&options), migrate::prepare(&options, false), migrate::pending(&options)] {
        let refused = refused.unwrap_err();
        assert!(refused.contains("newer version") && refused.contains("20991231000001"), "{refused}");
    }
    // A process that runs already continues to serve while the others are replaced.
    app.anonymous().get("/readyz").await.expect(200);
}

#[apply(both)]
async fn migrations_can_be_left_to_a_command(app: TestApp) {
    let empty = TestDatabase::empty(app.engine).unwrap();
    let current = DbOptions::new(app.database.url.clone());
    assert_eq!(migrate::prepare(&current, false), Ok(Vec::new()));
    execute(&app, REVERT).await;
    let refused = migrate::prepare(&current, false).unwrap_err();
    assert!(refused.contains("pending migrations: 1,") && refused.contains("entente migrate"), "{refused}");
    let refused = migrate::prepare(&DbOptions::new(empty.url.clone()), false).unwrap_err();
    assert!(refused.contains("the first is 20261201000001"), "{refused}");
    assert_eq!(app.probe(), Err(Check::Migrations));
    app.anonymous().get("/readyz").await.refused(503, "unavailable");
}

/// Returns the statements that create a role without the right to change tables, from the page for operators.
fn statements_of_the_page(database: &str, owner: &str, role: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating/postgresql.md");
    let page = std::fs::read_to_string(page).unwrap();
    let section = page.split("\n## ").find(|section| section.starts_with("A role without DDL rights\n")).unwrap();
    let sql = section.split("```sql\n").nth(1).unwrap().split("```").next().unwrap();
    let adapted = sql
        .replace("entente_app", role)
        .replace("DATABASE entente ", &format!("DATABASE {database} "))
        .replace("ROLE entente ", &format!("ROLE {owner} "))
        .replace("'...'", "'of no value'");
    assert!(sql.contains("DATABASE entente ") && sql.contains("ROLE entente ") && sql.contains("'...'"), "{sql}");
    adapted
}

#[apply(both)]
async fn a_role_that_may_not_change_tables_can_serve(app: TestApp) {
    #[derive(QueryableByName)]
    struct Names {
        #[diesel(sql_type = diesel::sql_types::Text)]
        database: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        owner: String,
    }
    if app.engine == Engine::Sqlite {
        return;
    }
    let names = "SELECT current_database()::text AS database, quote_ident(current_user)::text AS owner";
    let names = app.state.db.read(move |conn| Ok(diesel::sql_query(names).get_result::<Names>(conn)?));
    let Names { database, owner } = names.await.unwrap();
    let role = format!("{database}_app");
    let limited = app.database.with_role(&role, "of no value", &statements_of_the_page(&database, &owner, &role));
    let options = DbOptions::new(limited.url.clone());
    for may_migrate in [true, false] {
        assert_eq!(migrate::prepare(&options, may_migrate), Ok(Vec::new()));
    }
    let limited = TestApp::start(app.engine, limited);
    limited.anonymous().get("/readyz").await.expect(200);
    let admin = limited.admin();
    let care = json!({"key": "care", "name": "Care"});
    let created = admin.post("/v1/departments", care.clone()).await.expect(201);
    let path = format!("/v1/departments/{}", created.id());
    admin.patch(&path, &created.etag(), json!({"name": "Customer care"})).await.expect(200);
    assert_eq!(limited.drained_feed().await.len(), app.drained_feed().await.len());
    // The owner of the tables adds one later, which the role can use, too.
    execute(&app, "CREATE TABLE later (id TEXT PRIMARY KEY)").await;
    execute(&limited, "INSERT INTO later (id) VALUES ('x'); DELETE FROM later").await;
    for ddl in ["CREATE TABLE own (id TEXT)", "ALTER TABLE departments ADD COLUMN own TEXT", "DROP TABLE later"] {
        let refused = limited.state.db.write(move |conn| Ok(conn.batch_execute(ddl)?)).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied") || refused.to_string().contains("must be owner"));
    }
    execute(&app, REVERT).await;
    assert!(migrate::run(&options).is_err());
    assert!(migrate::prepare(&options, false).unwrap_err().contains("entente migrate"));
    check_names_the_missing_right(&app, &limited);
    // The default of PostgreSQL before version 15.
    execute(&app, "GRANT CREATE ON SCHEMA public TO PUBLIC").await;
    let missing = migrate::missing_right(&options).unwrap().unwrap();
    assert!(missing.contains("does not own the tables"), "{missing}");
}

/// Checks what `entente check` reports if the next start has to apply a migration.
fn check_names_the_missing_right(owner: &TestApp, limited: &TestApp) {
    let folder = std::env::temp_dir().join(format!("entente-test-{}-check-role", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let check = |app: &TestApp| run(&folder, &["check"], &[("ENTENTE_DATABASE_URL", app.database.url_text().as_str())]);
    let refused = check(limited);
    let text = lines(&refused);
    let error = text.lines().find(|line| line.starts_with("error    database: ")).unwrap_or_else(|| panic!("{text}"));
    assert!(!refused.status.success() && error.contains("_app may not create tables in the schema public"), "{text}");
    assert!(error.ends_with("run this as the owner of the tables: entente migrate"), "{text}");
    let accepted = check(owner);
    assert!(accepted.status.success(), "{}", lines(&accepted));
    std::fs::remove_dir(&folder).unwrap();
}

/// Runs the command line in an empty folder, with these variables only.
fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
    command.args(arguments).current_dir(folder).env_clear().envs(variables.iter().copied());
    command.output().unwrap()
}

fn lines(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap() + &String::from_utf8(output.stderr.clone()).unwrap()
}

#[apply(both)]
async fn check_reports_the_state_and_changes_nothing(app: TestApp) {
    let folder = std::env::temp_dir().join(format!("entente-test-{}-check-{:?}", std::process::id(), app.engine));
    std::fs::create_dir_all(&folder).unwrap();
    let url = app.database.url_text();
    let settings = [("ENTENTE_DATABASE_URL", url.as_str()), ("ENTENTE_PORT", "tcp://10.0.0.1:80")];
    let checked = run(&folder, &["check"], &settings);
    let text = lines(&checked);
    assert!(checked.status.success(), "{text}");
    assert!(text.contains("ok       settings: valid") && text.contains("all migrations are applied"), "{text}");
    let warning = text.lines().find(|line| line.contains("ENTENTE_PORT")).unwrap();
    assert!(warning.starts_with("warning  ") && !text.contains("10.0.0.1"), "{text}");

    let missing = run(&folder, &["check"], &[]);
    assert!(missing.status.success() && lines(&missing).contains("does not exist"), "{}", lines(&missing));

    execute(&app, REVERT).await;
    let pending = run(&folder, &["check"], &settings);
    assert!(pending.status.success() && lines(&pending).contains("the next start applies: 1"), "{}", lines(&pending));
    let pending = run(&folder, &["check"], &[settings[0], ("ENTENTE_MIGRATE", "false")]);
    assert!(!pending.status.success() && lines(&pending).contains("error    database: "), "{}", lines(&pending));
    let db = Db::open(&DbOptions::new(app.database.url.clone()), None).unwrap();
    assert!(!db.read(|conn| migrate::is_current(conn).map_err(Error::internal)).await.unwrap());

    let wrong = run(&folder, &["check"], &[("ENTENTE_LISTEN", "8080"), ("ENTENTE_HTTP_THREADS", "0")]);
    let errors = lines(&wrong).lines().filter(|line| line.starts_with("error    ENTENTE_")).count();
    assert!(!wrong.status.success() && errors == 2, "{}", lines(&wrong));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    std::fs::remove_dir(&folder).unwrap();
}
