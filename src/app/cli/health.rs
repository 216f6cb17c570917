//! `entente health`: requests `/readyz`, for health checks of containers without other tools.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::kernel::config::Settings;

/// Succeeds if the process at `ENTENTE_ADMIN_LISTEN`, otherwise at `ENTENTE_LISTEN`, is ready.
pub fn check(settings: &Settings) -> Result<(), String> {
    let address = reachable(settings.admin_listen.unwrap_or(settings.listen));
    let status = status(address).map_err(|error| format!("{address} did not respond: {error}"))?;
    if status.contains(" 200 ") { Ok(()) } else { Err(format!("{address} is not ready: {}", status.trim())) }
}

/// Returns the address to connect to: loopback if the service listens on all addresses.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn status(address: SocketAddr) -> std::io::Result<String> {
    let limit = Duration::from_secs(3);
    let mut stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_read_timeout(Some(limit))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut response = String::new();
    stream.take(64 * 1024).read_to_string(&mut response)?;
    Ok(response.lines().next().unwrap_or_default().to_owned())
}
