//! The readiness probe and the admin listener of the service under test.

use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use entente::app::server;
use entente::kernel::db::DbOptions;
use entente::kernel::readiness::{Check, Probe};

use super::app::TestApp;
use super::client::Client;
use super::edge::{EdgeOptions, serve_with, start_server};

/// A process with a public and an admin listener.
pub struct AdminListener {
    pub public: Client,
    pub admin: Client,
    servers: [ServerHandle; 2],
}

impl TestApp {
    /// Starts another process with an admin listener, with the state of this one.
    pub fn with_admin_listener(&self) -> AdminListener {
        let [public, admin] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let client = |listener: &TcpListener| Client::new(listener.local_addr().unwrap());
        let (public_client, admin_client) = (client(&public), client(&admin));
        let context = self.context.clone();
        let servers = [
            serve_with(context.clone(), public, EdgeOptions::default(), false),
            start_server(move || server::build_admin(context, admin).unwrap()),
        ];
        AdminListener { public: public_client, admin: admin_client, servers }
    }

    /// Runs the readiness probe once on the database of this app, records its result, and returns it.
    pub fn probe(&self) -> Result<(), Check> {
        self.run_probe(Probe::new(&DbOptions::new(self.database.url.clone())))
    }

    /// Runs this readiness probe once, records its result, and returns it.
    pub fn run_probe(&self, mut probe: Probe) -> Result<(), Check> {
        probe.run(&self.state.readiness);
        self.state.readiness.check()
    }
}

impl Drop for AdminListener {
    fn drop(&mut self) {
        for server in &self.servers {
            drop(server.stop(false));
        }
    }
}
